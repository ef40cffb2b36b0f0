//! Words that tell where the project was built rather than what it is: paths of one machine, hosts that packages come from.

use std::path::PathBuf;

/// In two parts each, so that this file does not hold them.
const FORBIDDEN: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("/home/us", "er/"),
    ("index.cra", "tes.io"),
    ("static.cra", "tes.io"),
    ("registry.np", "mjs.org"),
    ("registry.ya", "rnpkg.com"),
    ("files.python", "hosted.org"),
    ("pypi", ".org"),
    ("deb.deb", "ian.org"),
    ("proxy.go", "lang.org"),
];

pub(crate) fn violations(files: &[(PathBuf, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        for word in FORBIDDEN.iter().map(|(head, tail)| format!("{head}{tail}")) {
            let lines = text.lines().enumerate().filter(|(_, line)| line.contains(&word));
            found.extend(lines.map(|(at, _)| format!("{}:{}: {word}", path.display(), at + 1)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_found_where_it_stands() {
        for (head, tail) in FORBIDDEN {
            let text = format!("fine\nsee https://x{head}{tail}y\n");
            assert_eq!(violations(&[(PathBuf::from("a"), text)]), [format!("a:2: {head}{tail}")]);
        }
        assert_eq!(violations(&[(PathBuf::from("a"), "/workshop sysroot/".to_owned())]), [""; 0]);
    }
}
