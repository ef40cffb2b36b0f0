//! Whose passkey is whose. What a browser signs is verified by the web; here is what it is compared with.

use store::Batch;
use web_ui::PasskeyKey;

use super::{People, is_present, key};

impl People {
    /// Whose passkey this is, while their time lasts.
    pub(super) fn owner_of(&self, id: &[u8]) -> Option<(String, PasskeyKey)> {
        let now = self.now();
        let table = self.table();
        let present = table.people.values().filter(|person| is_present(person, now));
        present.flat_map(|person| person.passkeys.iter().map(move |passkey| (person, passkey))).find_map(
            |(person, passkey)| {
                let known = PasskeyKey { point: passkey.key.clone(), counter: passkey.counter };
                (passkey.id == id).then(|| (person.name.clone(), known))
            },
        )
    }

    pub(super) fn passkey_ids(&self, name: &str) -> Vec<Vec<u8>> {
        let person = self.present(name);
        person.iter().flat_map(|person| &person.passkeys).map(|passkey| passkey.id.clone()).collect()
    }

    /// Shown at once; the disk follows. If it fails, a copied authenticator is noticed one use later.
    pub(super) fn note_passkey(&self, name: &str, id: &[u8], counter: u32) {
        let now = self.now();
        let mut table = self.table();
        let Some(person) = table.people.get_mut(&key(name)) else { return };
        if let Some(passkey) = person.passkeys.iter_mut().find(|passkey| passkey.id == id) {
            passkey.counter = counter;
            passkey.used = Some(now);
            let mut batch = Batch::default();
            batch.person(person);
            self.0.store.commit(batch, Box::new(|_| {}));
        }
    }
}
