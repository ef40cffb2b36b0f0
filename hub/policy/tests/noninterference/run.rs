//! A house over time, and what its hub says.

use home::State;
use policy::Disclosure;

use crate::hub::Hub;
use crate::pair::{Question, Step};
use crate::scene::Scene;

/// The hub at the moment at which something is said.
pub(crate) struct Moment<'a> {
    /// Milliseconds after the start from which the delay of the answer counts.
    pub(crate) from: u64,
    pub(crate) state: &'a State,
    /// How often it was restarted.
    pub(crate) restarts: u32,
}

/// Runs a house; `tell` turns what is said into what leaves, in the order in which it was said.
pub(crate) fn run<T>(
    scene: &Scene,
    steps: &[Step],
    questions: &[Question],
    mut tell: impl FnMut(&Disclosure, &Moment<'_>) -> T,
) -> Vec<T> {
    let mut hub = Hub::new(scene);
    let (mut sent, mut questions) = (Vec::new(), questions.iter().peekable());
    for step in steps {
        while let Some(question) = questions.next_if(|question| question.at <= step.at) {
            sent.push(asked(&mut hub, scene, question, &mut tell));
        }
        let pushed = hub.step(step);
        sent.extend(pushed.iter().map(|disclosure| tell(disclosure, &moment(&hub, hub.beat()))));
    }
    sent.extend(questions.map(|question| asked(&mut hub, scene, question, &mut tell)));
    sent
}

fn asked<T>(
    hub: &mut Hub<'_>,
    scene: &Scene,
    question: &Question,
    tell: &mut impl FnMut(&Disclosure, &Moment<'_>) -> T,
) -> T {
    let (disclosure, permitted) =
        hub.asked((question.at, question.at), &scene.audiences[question.audience], &question.ask);
    let told = tell(&disclosure, &moment(hub, question.at));
    hub.permit(permitted);
    told
}

fn moment<'a>(hub: &'a Hub<'_>, from: u64) -> Moment<'a> {
    Moment { from, state: &hub.state, restarts: hub.restarts }
}
