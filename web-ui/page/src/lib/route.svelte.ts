// Where in the page somebody is: the address behind the hash. The hub never sees it.

function read(): string[] {
  const path = location.hash.replace(/^#\/?/, "");
  return path.split("/").filter(Boolean).map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

class Route {
  parts = $state.raw(read());

  constructor() {
    window.addEventListener("hashchange", () => {
      this.parts = read();
      window.scrollTo(0, 0);
    });
  }
}

export const route = new Route();

/** The address of a place in the page. */
export const at = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join("/")}`;

export const go = (...parts: string[]): void => {
  location.hash = at(...parts);
};
