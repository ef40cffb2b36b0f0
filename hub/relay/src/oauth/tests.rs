use super::*;
use crate::password::hash;

const NOW: u64 = 1_700_000_000_000;
const BACK: &str = "https://oauth-redirect.example/r/project";

fn oauth() -> OAuth {
    let password = Password::new(&hash("open sesame").unwrap()).unwrap();
    let prefix = "https://oauth-redirect.example/r/".to_owned();
    OAuth::new("google".into(), "client secret", prefix, "owner".into(), password, Tokens::new(b"token secret"))
}

fn asked() -> Authorize {
    Authorize {
        client_id: "google".into(),
        redirect_uri: BACK.into(),
        state: "a&b=c d".into(),
        response_type: "code".into(),
    }
}

fn login(user: &str, password: &str) -> Login {
    Login { user: user.into(), password: password.into() }
}

fn exchange(kind: &str, value: &str) -> Exchange {
    Exchange {
        client_id: "google".into(),
        client_secret: "client secret".into(),
        grant_type: kind.into(),
        code: value.into(),
        redirect_uri: BACK.into(),
        refresh_token: value.into(),
    }
}

async fn code(oauth: &OAuth) -> String {
    let address = oauth.log_in(&asked(), login("owner", "open sesame"), NOW).await.unwrap();
    let query = address.strip_prefix(&format!("{BACK}?code=")).unwrap();
    let (code, state) = query.split_once("&state=").unwrap();
    assert_eq!(state, "a%26b%3Dc+d");
    code.to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_link_is_made_renewed_and_used() {
    let oauth = oauth();
    let code = code(&oauth).await;
    let granted = oauth.exchange(&exchange("authorization_code", &code), NOW + 1).unwrap();
    assert!(oauth.admits(&granted.access, NOW + ACCESS_MS));
    assert!(!oauth.admits(&granted.access, NOW + 1 + ACCESS_MS), "expired");
    let refresh = granted.refresh.unwrap();
    assert!(!oauth.admits(&refresh, NOW + 1), "a refresh token is no access token");
    let renewed = oauth.exchange(&exchange("refresh_token", &refresh), NOW + ACCESS_MS * 2).unwrap();
    assert!(oauth.admits(&renewed.access, NOW + ACCESS_MS * 2));
    assert_eq!(renewed.refresh, None);
}

#[tokio::test(start_paused = true)]
async fn a_code_is_good_once_soon_and_for_its_address() {
    let oauth = oauth();
    let code = code(&oauth).await;
    let fine = exchange("authorization_code", &code);
    assert_eq!(oauth.exchange(&fine, NOW + CODE_MS), None, "expired");
    assert_eq!(
        oauth.exchange(&Exchange { redirect_uri: format!("{BACK}2"), ..exchange("authorization_code", &code) }, NOW),
        None
    );
    assert_eq!(
        oauth.exchange(&Exchange { client_secret: "another".into(), ..exchange("authorization_code", &code) }, NOW),
        None
    );
    assert_eq!(oauth.exchange(&exchange("refresh_token", &code), NOW), None);
    assert!(oauth.exchange(&fine, NOW).is_some());
    assert_eq!(oauth.exchange(&fine, NOW), None, "used");
    assert_eq!(oauth.exchange(&exchange("authorization_code", &code.to_uppercase()), NOW), None, "used");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_login_costs_a_second_and_gives_no_code() {
    let oauth = oauth();
    let before = tokio::time::Instant::now();
    for wrong in [login("owner", "x"), login("other", "open sesame"), login("", "")] {
        assert_eq!(oauth.log_in(&asked(), wrong, NOW).await, Err(LoginError::Wrong));
    }
    assert!(before.elapsed() >= PENALTY * 3);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_sent_elsewhere() {
    let oauth = oauth();
    let elsewhere = Authorize { redirect_uri: "https://evil.example/r/".into(), ..asked() };
    assert!(oauth.knows(&asked()) && !oauth.knows(&elsewhere));
    assert!(!oauth.knows(&Authorize { client_id: "other".into(), ..asked() }));
    assert!(!oauth.knows(&Authorize { response_type: "token".into(), ..asked() }));
    assert_eq!(oauth.log_in(&elsewhere, login("owner", "open sesame"), NOW).await, Err(LoginError::Wrong));
}
