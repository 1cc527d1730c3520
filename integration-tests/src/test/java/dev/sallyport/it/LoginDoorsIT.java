package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Mailbox;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.OidcClient.Outcome;
import dev.sallyport.it.harness.OidcClient.Page;
import dev.sallyport.it.harness.OneTimePassword;
import dev.sallyport.it.harness.SallyportTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways into a session that are no login page: registration, links in e-mails, linked accounts, administrators. */
@SallyportTest
class LoginDoorsIT {

    private static final String NEW_PASSWORD = "another password that is long enough";

    private static Mailbox mail;
    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        mail = Mailbox.open();
        var partner = server.realm(r -> r.user("pat", u -> u.password(GuardedRealm.PASSWORD))
                .user("pam", u -> u.password(GuardedRealm.PASSWORD))
                .user("pia", u -> u.password(GuardedRealm.PASSWORD))
                .user("pol", u -> u.password(GuardedRealm.PASSWORD))
                .client("broker", c -> c.confidential("broker-secret").redirect("*")));
        guarded = GuardedRealm.on(server, r -> r.user("kim", u -> u.password(GuardedRealm.PASSWORD))
                .user("liz", u -> u.password(GuardedRealm.PASSWORD))
                .user("max", u -> u.password(GuardedRealm.PASSWORD).actions("VERIFY_EMAIL"))
                .user("mia", u -> u.password(GuardedRealm.PASSWORD).actions("VERIFY_EMAIL"))
                .user("pat", u -> u.password(GuardedRealm.PASSWORD))
                .user("pam", u -> u.password(GuardedRealm.PASSWORD))
                .user("boss", u -> u.password(GuardedRealm.PASSWORD).clientRoles("realm-management", "realm-admin"))
                .client("vault", c -> c.publicClient())
                .brokerTo("partner", partner, "broker", "broker-secret")
                .brokerTo("stepping", partner, "broker", "broker-secret")
                .with(realm -> {
                    realm.setRegistrationAllowed(true);
                    realm.setResetPasswordAllowed(true);
                    realm.setSmtpServer(mail.smtp());
                }));
        guarded.policy(
                "applications",
                "enforced",
                "\"clients\":{\"include\":[\"ledger\",\"account-console\",\"realm-management\"]}",
                GuardedRealm.HEALTHY);
        guarded.policy("vault", "enforced", "\"clients\":{\"include\":[\"vault\"]}", "\"acr\":\"2\"");
        guarded.returnsToTests("account-console");
        var stepping = guarded.realm().admin().identityProviders().get("stepping");
        var provider = stepping.toRepresentation();
        provider.setPostBrokerLoginFlowAlias("sallyport post broker");
        stepping.update(provider);
    }

    @AfterAll
    static void closeMailbox() {
        mail.close();
    }

    @Test
    void registrationDoesNotEndInALoginWithoutADevice() {
        var ledger = guarded.ledger();

        var page = register(ledger, ledger.click(ledger.authorize().page(), "a[href*=registration]"), "nora");

        assertRefused(page, "nora");
    }

    @Test
    void registrationByPromptDoesNotEither() {
        var ledger = guarded.ledger();

        var page = register(ledger, ledger.authorize(Map.of("prompt", "create")), "nina");

        assertRefused(page, "nina");
    }

    @Test
    void registrationOnAHealthyDeviceEndsInALogin() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("registering"));

        var outcome = register(ledger, ledger.authorize(Map.of("prompt", "create")), "nell");

        assertThat(ledger.exchange(outcome).status()).isEqualTo(200);
    }

    @Test
    void linkToResetAPasswordDoesNotEndInALoginWithoutADevice() {
        var ledger = guarded.ledger();

        var page = resetPassword(ledger, ledger, "kim");

        assertRefused(page, "kim");
    }

    @Test
    void linkToResetAPasswordInAnotherBrowserEndsInNoLogin() {
        var page = resetPassword(guarded.ledger(), guarded.ledger(), "kim");

        assertThat(page).isInstanceOf(Page.class);
        assertNoSession("kim");
    }

    @Test
    void linkToResetAPasswordEndsInALoginOnAHealthyDevice() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("resetting"));

        var outcome = resetPassword(ledger, ledger, "liz");

        assertThat(ledger.exchange(outcome).status()).isEqualTo(200);
    }

    @Test
    void linkToVerifyAnAddressDoesNotEndInALoginWithoutADevice() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("left"));
        ledger.login("max", GuardedRealm.PASSWORD);

        var page = ledger.withoutCertificate().open(mail.linkFor("max@example.com"));

        assertRefused(page, "max");
    }

    @Test
    void linkToVerifyAnAddressEndsInALoginOnAHealthyDevice() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("verifying"));
        ledger.login("mia", GuardedRealm.PASSWORD);

        var outcome = ledger.open(mail.linkFor("mia@example.com"));

        assertThat(ledger.exchange(outcome).status()).isEqualTo(200);
    }

    @Test
    void linkOfAnAdministratorEndsInNoLoginWhateverItHasTheUserDo() {
        guarded.realm()
                .admin()
                .users()
                .get(guarded.realm().userId("ben"))
                .executeActionsEmail("ledger", OidcClient.CALLBACK, List.of("UPDATE_PROFILE"));
        var link = mail.linkFor("ben@example.com");
        var stranger = guarded.ledger();
        var welcome = guarded.ledger().certificate(guarded.healthyDevice("instructed"));

        var refused = updateProfile(stranger, link);
        var done = updateProfile(welcome, link);

        assertRefused(refused, "ben");
        assertThat(done).isInstanceOf(Page.class);
        assertNoSession("ben");
    }

    @Test
    void linkToLinkAnAccountDoesNotEndInALoginWithoutADevice() {
        var ledger = guarded.ledger();
        linkAccount(ledger, "pat");

        var page = ledger.open(mail.linkFor("pat@example.com"));

        assertRefused(page, "pat");
    }

    @Test
    void linkToLinkAnAccountEndsInALoginOnAHealthyDevice() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("linking"));
        linkAccount(ledger, "pam");

        var outcome = ledger.open(mail.linkFor("pam@example.com"));

        assertThat(ledger.exchange(outcome).status()).isEqualTo(200);
    }

    @Test
    void brokeredLoginIsSteppedUpByTheFlowThatFollowsIt() {
        var vault = guarded.realm().oidc("vault");

        var page = vault.login("pia", GuardedRealm.PASSWORD, Map.of("kc_idp_hint", "stepping"))
                .page();
        var secret = page.document().select("input[name=totpSecret]").val();
        var outcome = vault.submit(page, Map.of("totp", OneTimePassword.of(secret), "userLabel", "phone"));

        assertThat(vault.exchange(outcome).status()).isEqualTo(200);
    }

    @Test
    void brokeredLoginThatNoFlowFollowsIsRefusedWhatWouldNeedAStepUp() {
        var page = guarded.realm()
                .oidc("vault")
                .login("pol", GuardedRealm.PASSWORD, Map.of("kc_idp_hint", "partner"))
                .page();

        assertThat(page.status()).isEqualTo(403);
        assertNoSession("pol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ledger", "account-console"})
    void impersonatedSessionOpensNothingWithoutADevice(String client) {
        var browser = guarded.realm().oidc(client);
        assertThat(browser.impersonate(guarded.realm().userId("ann"), serverAdministrator()))
                .isEqualTo(200);

        assertThat(browser.authorize().page().status()).isEqualTo(403);
        assertThat(browser.authorize(Map.of("prompt", "none")).error()).isEqualTo("interaction_required");
    }

    @Test
    void impersonatedSessionOpensAnApplicationOnAHealthyDevice() {
        var browser = guarded.ledger().certificate(guarded.healthyDevice("impersonating"));
        browser.impersonate(guarded.realm().userId("ann"), serverAdministrator());

        assertThat(browser.exchange(browser.authorize()).status()).isEqualTo(200);
    }

    @Test
    void administratorOnADeviceThatFellIllImpersonatesNobody() {
        var browser = guarded.ledger().certificate(guarded.healthyDevice("boss"));
        var token = browser.tokens("boss", GuardedRealm.PASSWORD).accessToken();

        guarded.fallIll("boss");

        assertThat(browser.withoutCookies().impersonate(guarded.realm().userId("ann"), token))
                .isEqualTo(403);
    }

    private static String serverAdministrator() {
        return guarded.realm().server().admin().tokenManager().getAccessTokenString();
    }

    private static Outcome register(OidcClient browser, Outcome form, String username) {
        return browser.submit(
                form.page(),
                Map.of(
                        "username",
                        username,
                        "email",
                        username + "@example.com",
                        "firstName",
                        username,
                        "lastName",
                        "Example",
                        "password",
                        GuardedRealm.PASSWORD,
                        "password-confirm",
                        GuardedRealm.PASSWORD));
    }

    /** @param other the browser in which the link is opened */
    private static Outcome resetPassword(OidcClient browser, OidcClient other, String username) {
        var form = browser.click(browser.authorize().page(), "a[href*=reset-credentials]");
        browser.submit(form.page(), Map.of("username", username));
        var page = other.open(mail.linkFor(username + "@example.com"));
        return other.submit(page.page(), Map.of("password-new", NEW_PASSWORD, "password-confirm", NEW_PASSWORD));
    }

    private static Outcome updateProfile(OidcClient browser, String link) {
        var form = browser.click(browser.open(link).page(), "a[href*=action-token]")
                .page();
        var profile = new HashMap<String, String>();
        form.document().select("form input[name]").forEach(input -> profile.put(input.attr("name"), input.val()));
        return browser.submit(form, profile);
    }

    /** A first brokered login, of somebody whose address an account of the realm has already. */
    private static void linkAccount(OidcClient browser, String username) {
        var known = browser.login(username, GuardedRealm.PASSWORD, Map.of("kc_idp_hint", "partner"))
                .page();
        browser.submit(known, Map.of("submitAction", "linkAccount"));
    }

    private static void assertRefused(Outcome outcome, String username) {
        assertThat(outcome.page().status()).as(outcome.toString()).isEqualTo(403);
        assertThat(outcome.page().text()).contains("was not recognised");
        assertNoSession(username);
    }

    private static void assertNoSession(String username) {
        var user = guarded.realm().userId(username);
        assertThat(guarded.realm().admin().users().get(user).getUserSessions()).isEmpty();
    }
}
