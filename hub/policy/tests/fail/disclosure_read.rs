fn main() {
    let _: policy::Disclosure = toml::from_str("").unwrap();
}
