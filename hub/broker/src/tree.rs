//! Who subscribed to what: a tree of topic levels. It knows session numbers, not sessions.

use std::collections::HashMap;

use crate::message::Qos;

/// One subscription's options (MQTT 5.0, 3.8.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subscription {
    /// Most that is delivered: the lesser of this and the publisher's.
    pub(crate) qos: Qos,
    /// The session's own messages are not sent to it.
    pub(crate) no_local: bool,
    /// Messages keep the retain flag they were published with.
    pub(crate) keep_retain: bool,
    /// Subscription identifier, sent along with each message.
    pub(crate) id: Option<u32>,
}

/// A session that gets a message, its matching subscriptions merged into one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) session: u64,
    pub(crate) qos: Qos,
    pub(crate) keep_retain: bool,
    pub(crate) ids: Vec<u32>,
}

type Holders = HashMap<u64, Subscription>;

#[derive(Debug, Default)]
struct Node {
    /// Subscriptions whose filter ends at this level.
    here: Holders,
    /// Subscriptions whose filter continues with `#`.
    below: Holders,
    children: HashMap<Box<str>, Node>,
}

impl Node {
    fn is_empty(&self) -> bool {
        self.here.is_empty() && self.below.is_empty() && self.children.is_empty()
    }
}

/// All subscriptions of all sessions. Filters are valid and at most `topic::MAX_LEVELS` deep.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    root: Node,
}

impl Tree {
    /// Adds or replaces a subscription; says whether it is new.
    pub(crate) fn insert(&mut self, filter: &str, session: u64, subscription: Subscription) -> bool {
        let mut node = &mut self.root;
        for level in filter.split('/') {
            if level == "#" {
                return node.below.insert(session, subscription).is_none();
            }
            node = node.children.entry(level.into()).or_default();
        }
        node.here.insert(session, subscription).is_none()
    }

    /// Removes a subscription; says whether it was there.
    pub(crate) fn remove(&mut self, filter: &str, session: u64) -> bool {
        let levels: Vec<&str> = filter.split('/').collect();
        remove(&mut self.root, &levels, session)
    }

    /// The sessions that get a message with this topic from `publisher`, each once.
    pub(crate) fn targets(&self, name: &str, publisher: u64) -> Vec<Target> {
        let levels: Vec<&str> = name.split('/').collect();
        let mut found = Vec::new();
        collect(&self.root, &levels, !name.starts_with('$'), &mut found);
        found.retain(|(session, subscription)| !(subscription.no_local && *session == publisher));
        found.sort_unstable_by_key(|(session, _)| *session);
        merge(&found)
    }
}

fn remove(node: &mut Node, levels: &[&str], session: u64) -> bool {
    match levels.split_first() {
        None => node.here.remove(&session).is_some(),
        Some((&"#", _)) => node.below.remove(&session).is_some(),
        Some((level, rest)) => {
            let Some(child) = node.children.get_mut(*level) else {
                return false;
            };
            let removed = remove(child, rest, session);
            if child.is_empty() {
                node.children.remove(*level);
            }
            removed
        }
    }
}

fn collect(node: &Node, levels: &[&str], wildcards: bool, found: &mut Vec<(u64, Subscription)>) {
    if wildcards {
        found.extend(node.below.iter().map(|(session, subscription)| (*session, *subscription)));
    }
    let Some((level, rest)) = levels.split_first() else {
        found.extend(node.here.iter().map(|(session, subscription)| (*session, *subscription)));
        return;
    };
    if let Some(child) = node.children.get(*level) {
        collect(child, rest, true, found);
    }
    if let Some(child) = node.children.get("+").filter(|_| wildcards) {
        collect(child, rest, true, found);
    }
}

fn merge(found: &[(u64, Subscription)]) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for (session, subscription) in found {
        if targets.last().is_none_or(|last| last.session != *session) {
            targets.push(Target { session: *session, qos: subscription.qos, keep_retain: false, ids: Vec::new() });
        }
        if let Some(target) = targets.last_mut() {
            target.qos = target.qos.max(subscription.qos);
            target.keep_retain |= subscription.keep_retain;
            target.ids.extend(subscription.id);
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::topic;

    const PLAIN: Subscription = Subscription { qos: Qos::AtMostOnce, no_local: false, keep_retain: false, id: None };

    fn sessions(tree: &Tree, name: &str) -> Vec<u64> {
        tree.targets(name, 0).iter().map(|target| target.session).collect()
    }

    #[test]
    fn overlapping_subscriptions_become_one_delivery() {
        let mut tree = Tree::default();
        tree.insert("a/#", 7, Subscription { qos: Qos::AtLeastOnce, id: Some(1), ..PLAIN });
        tree.insert("a/+", 7, Subscription { id: Some(2), ..PLAIN });
        let targets = tree.targets("a/b", 0);
        assert_eq!(targets.len(), 1);
        assert_eq!(targets[0].qos, Qos::AtLeastOnce);
        assert_eq!(targets[0].ids.len(), 2);
    }

    #[test]
    fn no_local_hides_own_messages_only() {
        let mut tree = Tree::default();
        tree.insert("a", 7, Subscription { no_local: true, ..PLAIN });
        assert!(tree.targets("a", 7).is_empty());
        assert_eq!(sessions(&tree, "a"), [7]);
    }

    #[test]
    fn removing_leaves_nothing_behind() {
        let mut tree = Tree::default();
        for filter in ["a/b/c", "a/+/#", "#", "été/x"] {
            assert!(tree.insert(filter, 1, PLAIN));
            assert!(!tree.insert(filter, 1, PLAIN));
        }
        for filter in ["a/b/c", "a/+/#", "#", "été/x"] {
            assert!(tree.remove(filter, 1));
            assert!(!tree.remove(filter, 1));
        }
        assert!(tree.root.is_empty());
    }

    proptest! {
        /// The tree finds exactly the filters that match one by one.
        #[test]
        fn tree_agrees_with_matching(
            filters in proptest::collection::vec("[$ab+#é/]{1,6}", 1..12),
            name in "[$abé/]{1,6}",
        ) {
            let mut tree = Tree::default();
            let mut expected = Vec::new();
            for (session, filter) in filters.iter().enumerate() {
                if topic::check_filter(filter).is_ok() {
                    tree.insert(filter, session as u64, PLAIN);
                    if topic::matches(filter, &name) {
                        expected.push(session as u64);
                    }
                }
            }
            prop_assert_eq!(sessions(&tree, &name), expected);
        }
    }
}
