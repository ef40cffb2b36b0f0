fn twice(permitted: policy::Permitted) -> [policy::Permitted; 2] {
    [permitted.clone(), permitted]
}

fn main() {}
