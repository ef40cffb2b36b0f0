fn main() {
    let _ = policy::Disclosure {
        audience: "alexa_home".parse().unwrap(),
        answer: summary::Answer::Granted,
        reply_after: std::time::Duration::ZERO,
        description: String::new(),
    };
}
