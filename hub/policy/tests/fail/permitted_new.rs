fn main() {
    policy::Permitted::new("alexa_home".parse().unwrap(), policy::Deed::Unlock(Vec::new()), String::new());
}
