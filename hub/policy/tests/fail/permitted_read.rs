fn main() {
    let _: policy::Permitted = toml::from_str("").unwrap();
}
