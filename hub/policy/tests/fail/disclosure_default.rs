fn main() {
    let _ = policy::Disclosure::default();
}
