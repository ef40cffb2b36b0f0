import "./app.css";

import { mount } from "svelte";

import App from "./App.svelte";

const target = document.getElementById("app");
if (target) mount(App, { target });

// After the hub was updated the parts of the page have other names: only a fresh one knows them.
window.addEventListener("vite:preloadError", () => location.reload());
