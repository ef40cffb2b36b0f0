fn other(mut disclosure: policy::Disclosure) {
    disclosure.answer = summary::Answer::Granted;
}

fn main() {}
