//! The house at the door: shows the keeper what there is, and has done what the keeper permits.

use std::time::Duration;

use home::{Now, Origin};
use policy::Permitted;

use super::House;
use crate::door::Knock;

/// An unlock that comes later than this after it was asked for is not done: whoever asked is not at the door any more
/// (invariant 10).
const DANGEROUS: Duration = Duration::from_secs(4);

impl House {
    pub(super) fn knock(&mut self, knock: Knock) {
        let now = self.now();
        let keeper = &mut self.outside.keeper;
        match knock {
            Knock::Question(question) => keeper.question(question, now),
            Knock::Permitted(permitted, received) => self.permit(permitted, received),
            Knock::Hashed(hash, reply) => keeper.hashed(hash, reply, now),
            Knock::Written(written) => {
                keeper.written(written, now);
                self.show_keeper();
            }
        }
    }

    /// Lets the keeper look at the house: after each change of it and each second.
    pub(super) fn show_keeper(&mut self) {
        let now = self.now();
        self.outside.keeper.observe(now, &self.state);
    }

    /// Has done what an assistant may have done. What becomes of it is told to nobody outside.
    fn permit(&mut self, permitted: Vec<Permitted>, received: Now) {
        if !self.outside.keeper.is_open() {
            tracing::warn!(deeds = permitted.len(), "the owner shut the door meanwhile, so nothing is done");
            return;
        }
        let late = self.now().up.saturating_sub(received.up) > DANGEROUS;
        for deed in permitted {
            if late && deed.is_dangerous() {
                tracing::warn!(deed = deed.description(), "it took too long to write it down, so it is not done");
                continue;
            }
            let origin = Origin::Voice(deed.audience().to_string());
            for wish in deed.into_wishes(&self.state) {
                self.wish(origin.clone(), wish, None);
            }
            self.outside.keeper.done();
        }
    }
}
