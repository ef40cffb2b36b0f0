fn again(permitted: policy::Permitted, state: &home::State) {
    permitted.into_wishes(state);
    permitted.into_wishes(state);
}

fn main() {}
