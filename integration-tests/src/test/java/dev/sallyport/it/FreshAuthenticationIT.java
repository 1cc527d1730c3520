package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.RealmBuilder;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.representations.idm.AuthenticationExecutionRepresentation;
import org.keycloak.representations.idm.AuthenticatorConfigRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.authorization.PolicyEnforcementMode;
import org.keycloak.representations.idm.authorization.ResourceRepresentation;
import org.keycloak.representations.idm.authorization.ResourceServerRepresentation;

/** A session in which something was found is worth nothing at any door until its user has authenticated anew. */
@SallyportTest
class FreshAuthenticationIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SECRET = "a-secret";
    private static final String NEW_SIGN_IN = "needs a new sign-in";
    private static final Map<String, String> SILENT = Map.of("prompt", "none");
    private static final Map<String, String> OFFLINE = Map.of("scope", "openid offline_access");
    private static final Map<String, String> UPDATE_PASSWORD = Map.of("kc_action", "UPDATE_PASSWORD");
    private static final Map<String, String> OTHER_PASSWORD = Map.of(
            "password-new", "another password that is long enough",
            "password-confirm", "another password that is long enough");
    private static final String UMA = "urn:ietf:params:oauth:grant-type:uma-ticket";
    private static final String DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

    private static final String STOLEN = "what a thief would choose";
    private static final String CHOSEN = "what its owner has chosen";

    private static KeycloakServer node;
    private static GuardedRealm guarded;
    private static GuardedRealm bare;

    @BeforeAll
    static void makeRealms(KeycloakServer server) {
        node = server;
        var partner = server.realm(r -> r.user("pat", u -> u.password(GuardedRealm.PASSWORD))
                .client("broker", c -> c.confidential(SECRET).redirect("*")));
        guarded = realm(server, r -> r.brokerTo("partner", partner, "broker", SECRET)
                .with(realm -> realm.getIdentityProviders().add(samlOf(partner.issuer()))));
        guarded.returnsToTests("account-console");
        bare = realm(server, r -> {});
        bare.removeEverythingThatCanBeRemoved();
    }

    private static IdentityProviderRepresentation samlOf(String issuer) {
        var provider = new IdentityProviderRepresentation();
        provider.setAlias("saml-partner");
        provider.setProviderId("saml");
        provider.setEnabled(true);
        provider.setConfig(Map.of("singleSignOnServiceUrl", issuer + "/protocol/saml"));
        return provider;
    }

    private static GuardedRealm realm(KeycloakServer server, Consumer<RealmBuilder> more) {
        var made = GuardedRealm.on(server, r -> {
            // NB. A burst of one user is found once: each test has a user of its own.
            IntStream.range(0, 20)
                    .forEach(i -> r.user("user-" + i, u -> u.password(GuardedRealm.PASSWORD)
                            .roles("offline_access")
                            .clientRoles("realm-management", "manage-users", "view-users", "query-users", "view-realm")
                            .clientRoles("account", "manage-account", "view-profile")));
            r.client("payroll", c -> c.saml())
                    .client("tower", c -> c.publicClient())
                    .client("console", c -> c.publicClient().directGrants())
                    .client("terminal", c -> c.publicClient().with(FreshAuthenticationIT::takesDeviceCodes))
                    .client("files", c -> c.serviceAccount(SECRET).with(FreshAuthenticationIT::permitsEverything));
            more.accept(r);
        });
        Person.mayAskFrom(made, "ledger");
        made.realm().api().post("/detections", """
                {"name":"burst","kind":"admin-burst","severity":"high","count":2,"within":"PT10M",
                 "responses":["require-fresh-authentication"]}""").expect(201);
        return made;
    }

    private static void takesDeviceCodes(ClientRepresentation client) {
        client.getAttributes().put("oauth2.device.authorization.grant.enabled", "true");
    }

    private static void permitsEverything(ClientRepresentation client) {
        var settings = new ResourceServerRepresentation();
        settings.setPolicyEnforcementMode(PolicyEnforcementMode.PERMISSIVE);
        var folder = new ResourceRepresentation();
        folder.setName("folder");
        settings.setResources(List.of(folder));
        client.setAuthorizationServicesEnabled(true);
        client.setAuthorizationSettings(settings);
    }

    @Test
    void tokensOfTheSessionAreWorthNothingAtAnyDoor() {
        var ledger = guarded.ledger();
        var tokens =
                ledger.exchange(ledger.login("user-0", GuardedRealm.PASSWORD, Map.of("scope", "openid sallyport")));
        var code = ledger.client("wiki").authorize().code();
        var asked = terminalApprovedBy(ledger);
        assertThat(permission(ledger, tokens).status()).isEqualTo(200);
        assertThat(exchange(tokens).status()).isEqualTo(200);

        suspect(guarded, tokens);

        assertNewSignInNeeded(ledger.refresh(tokens.refreshToken()));
        assertNewSignInNeeded(ledger.client("wiki").exchange(code));
        assertNewSignInNeeded(collect(asked));
        assertNewSignInNeeded(exchange(tokens));
        assertNewSignInNeeded(permission(ledger, tokens));
        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(guarded.active(tokens.refreshToken())).isFalse();
        assertThat(ledger.userinfo(tokens.accessToken()).status()).isEqualTo(401);
        var realm = guarded.realm().name();
        for (var path : List.of(
                "/realms/" + realm + "/account/",
                "/realms/" + realm + "/sallyport/me",
                "/admin/realms/" + realm + "/users",
                "/admin/realms/" + realm + "/sallyport/devices")) {
            assertThat(node.api(path, tokens.accessToken()).get("").expect(401).header("WWW-Authenticate"))
                    .as(path)
                    .contains("insufficient_user_authentication", "max_age=\"0\"", NEW_SIGN_IN);
        }
    }

    @Test
    void changeThatIsAskedForInTheSessionDoesNotHappen() {
        var tokens = guarded.ledger().tokens("user-1", GuardedRealm.PASSWORD);
        suspect(guarded, tokens);

        administration(guarded, tokens)
                .post("/users", "{\"username\":\"made-in-spite\"}")
                .expect(401);

        assertThat(guarded.realm().admin().users().searchByUsername("made-in-spite", true))
                .isEmpty();
    }

    @Test
    void nextVisitAsksToSignInAndThenTheSessionIsGoodAgain() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-2", GuardedRealm.PASSWORD);
        suspect(guarded, tokens);
        var wiki = ledger.client("wiki");

        assertThat(wiki.authorize(SILENT).error()).isEqualTo("login_required");
        var form = wiki.authorize().page();
        assertThat(form.status()).isEqualTo(200);
        assertThat(form.asksFor("password")).isTrue();
        assertNewSignInNeeded(ledger.refresh(tokens.refreshToken()));
        var wrong = wiki.submit(form, Map.of("username", "user-2", "password", "a wrong one"));
        assertNewSignInNeeded(ledger.refresh(tokens.refreshToken()));

        var again = wiki.exchange(wiki.submit(wrong.page(), Map.of("password", GuardedRealm.PASSWORD)));

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.claims().path("sid")).isEqualTo(tokens.claims().path("sid"));
        assertThat(again.claims().path("auth_time").asLong())
                .isGreaterThanOrEqualTo(tokens.claims().path("auth_time").asLong());
        assertThat(ledger.refresh(tokens.refreshToken()).status()).isEqualTo(200);
        assertThat(guarded.active(tokens.accessToken())).isTrue();
        assertThat(ledger.authorize(SILENT).code()).isNotEmpty();
        administration(guarded, tokens).get("/users").expect(200);
    }

    @Test
    void passwordIsNotChangedFromAPageThatWasOpenBefore() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-8", GuardedRealm.PASSWORD);
        var wiki = ledger.client("wiki");
        var page = wiki.authorize(Map.of("kc_action", "UPDATE_PASSWORD")).page();
        assertThat(page.asksFor("password-new")).isTrue();
        suspect(guarded, tokens);

        var refused = wiki.submit(page, Map.of("password-new", STOLEN, "password-confirm", STOLEN))
                .page();

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("needs a new sign-in");
        assertThat(guarded.ledger().login("user-8", STOLEN).page().asksFor("password"))
                .isTrue();
        assertThat(guarded.ledger().tokens("user-8", GuardedRealm.PASSWORD).status())
                .isEqualTo(200);
    }

    @Test
    void whoSignsInAnewDoesWhatTheyAreAskedToThen() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-9", GuardedRealm.PASSWORD);
        suspect(guarded, tokens);
        var wiki = ledger.client("wiki");
        var form = wiki.authorize(Map.of("kc_action", "UPDATE_PASSWORD")).page();

        var action =
                wiki.submit(form, Map.of("password", GuardedRealm.PASSWORD)).page();
        assertThat(action.asksFor("password-new")).isTrue();
        var again = wiki.exchange(wiki.submit(action, Map.of("password-new", CHOSEN, "password-confirm", CHOSEN)));

        assertThat(again.status()).isEqualTo(200);
        assertThat(guarded.ledger().tokens("user-9", CHOSEN).status()).isEqualTo(200);
    }

    @Test
    void whoAuthenticatesElsewhereDoesNotRedeemTheSession() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-3", GuardedRealm.PASSWORD);
        var cookies = ledger.cookies();
        suspect(guarded, tokens);

        assertThat(guarded.ledger().tokens("user-3", GuardedRealm.PASSWORD).status())
                .as("another browser")
                .isEqualTo(200);
        assertThat(guarded.realm()
                        .oidc("console")
                        .passwordGrant("user-3", GuardedRealm.PASSWORD)
                        .status())
                .isEqualTo(200);

        assertNewSignInNeeded(ledger.refresh(tokens.refreshToken()));
        assertThat(guarded.active(tokens.accessToken())).isFalse();
        var thief = guarded.wiki().header("Cookie", cookies);
        assertThat(thief.authorize(SILENT).error()).isEqualTo("login_required");
        assertThat(thief.authorize().page().asksFor("password")).isTrue();
    }

    @Test
    void offlineTokenWaitsForTheSignInToo() {
        var ledger = guarded.ledger();
        ledger.tokens("user-4", GuardedRealm.PASSWORD);
        var offline = ledger.exchange(ledger.authorize(OFFLINE));
        assertThat(ledger.refresh(offline.refreshToken()).status()).isEqualTo(200);
        suspect(guarded, offline);

        assertNewSignInNeeded(ledger.refresh(offline.refreshToken()));
        assertThat(guarded.active(offline.refreshToken())).isFalse();
        var again =
                ledger.exchange(ledger.submit(ledger.authorize().page(), Map.of("password", GuardedRealm.PASSWORD)));

        assertThat(again.status()).isEqualTo(200);
        assertThat(ledger.refresh(offline.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void offlineTokenWithoutASessionIsNotRedeemed() {
        var ledger = guarded.ledger();
        ledger.tokens("user-5", GuardedRealm.PASSWORD);
        var offline = ledger.exchange(ledger.authorize(OFFLINE));
        assertThat(ledger.refresh(offline.refreshToken()).status()).isEqualTo(200);
        suspect(guarded, offline);
        guarded.realm().admin().deleteSession(sid(offline), false);

        ledger.tokens("user-5", GuardedRealm.PASSWORD);

        assertNewSignInNeeded(ledger.refresh(offline.refreshToken()));
    }

    @Test
    void assertionIsNotHadByReentryEither() {
        var browser = guarded.ledger();
        var tokens = browser.tokens("user-6", GuardedRealm.PASSWORD);
        suspect(guarded, tokens);

        var silent = browser.open(SamlDoorsIT.redirect(guarded, SamlDoorsIT.request(SamlDoorsIT.POST, true)));
        var form = browser.open(SamlDoorsIT.redirect(guarded, SamlDoorsIT.request(SamlDoorsIT.POST, false)));
        var started = browser.open(guarded.realm().issuer() + "/protocol/saml/clients/payroll");

        assertThat(SamlDoorsIT.answer(silent)).contains("NoPassive").doesNotContain("Assertion ");
        assertThat(started.page().asksFor("password")).isTrue();
        assertThat(form.page().asksFor("password")).isTrue();
        assertThat(SamlDoorsIT.answer(browser.submit(form.page(), Map.of("password", GuardedRealm.PASSWORD))))
                .contains("Assertion ");
        assertThat(browser.refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    @Test
    void consoleOfTheAccountAsksToSignIn() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-7", GuardedRealm.PASSWORD);
        var console = ledger.client("account-console");
        assertThat(console.authorize(SILENT).code()).isNotEmpty();
        suspect(guarded, tokens);

        assertThat(console.authorize(SILENT).error()).isEqualTo("login_required");
        assertThat(console.authorize().page().asksFor("password")).isTrue();
        var action = console.authorize(Map.of("kc_action", "UPDATE_PASSWORD")).page();
        assertThat(action.asksFor("password")).isTrue();
        assertThat(action.asksFor("password-new")).isFalse();
    }

    @Test
    void realmWithoutAnythingOfTheSetupAsksAllTheSame() {
        var ledger = bare.ledger();
        var tokens = ledger.tokens("user-0", GuardedRealm.PASSWORD);
        suspect(bare, tokens);

        assertNewSignInNeeded(ledger.refresh(tokens.refreshToken()));
        assertThat(bare.active(tokens.accessToken())).isFalse();
        administration(bare, tokens).get("/users").expect(401);
        assertThat(ledger.authorize(SILENT).error()).isEqualTo("login_required");
        var form = ledger.authorize().page();
        assertThat(form.asksFor("password")).isTrue();
        assertThat(ledger.exchange(ledger.submit(form, Map.of("password", GuardedRealm.PASSWORD)))
                        .status())
                .isEqualTo(200);
        assertThat(bare.active(tokens.accessToken())).isTrue();
    }

    @Test
    void pageOfALoginThatOnlyBorrowedTheCookieChangesNoPasswordEither() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-14", GuardedRealm.PASSWORD);
        var thief = inAnotherLogin(ledger);
        var page = thief.authorize(UPDATE_PASSWORD).page();
        assertThat(page.asksFor("password-new")).isTrue();
        suspect(guarded, tokens);

        assertOvertaken(thief.submit(page, OTHER_PASSWORD).page());

        assertThat(guarded.ledger().tokens("user-14", GuardedRealm.PASSWORD).status())
                .isEqualTo(200);
    }

    @Test
    void pageOfALoginThatOnlyBorrowedTheCookieGivesNoSessionOnceThatOfTheCookieIsOver() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-10", GuardedRealm.PASSWORD);
        var thief = inAnotherLogin(ledger);
        var page = thief.authorize(UPDATE_PASSWORD).page();
        assertThat(page.asksFor("password-new")).isTrue();

        guarded.realm().api().delete("/sessions/" + sid(tokens)).expect(204);

        assertOvertaken(thief.submit(page, OTHER_PASSWORD).page());
    }

    private static void assertOvertaken(OidcClient.Page page) {
        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains(NEW_SIGN_IN, "sign in again");
    }

    /** Another browser, in the middle of a login of its own, with nothing of this one but what proves the session. */
    private static OidcClient inAnotherLogin(OidcClient browser) {
        var identity = Arrays.stream(browser.cookies().split("; "))
                .filter(cookie -> cookie.startsWith("KEYCLOAK_IDENTITY="))
                .findFirst()
                .orElseThrow();
        var other = guarded.wiki();
        other.authorize();
        return other.header("Cookie", identity);
    }

    @Test
    void accountOfAnotherIdentityProviderIsNotLinkedFromAPageThatWasOpenBefore() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-15", GuardedRealm.PASSWORD);
        var confirm = ledger.authorize(Map.of("kc_action", "idp_link:partner")).page();
        var theirs = ledger.submit(confirm, Map.of()).page();
        assertThat(theirs.asksFor("username")).isTrue();
        suspect(guarded, tokens);

        assertOvertaken(ledger.submit(theirs, Map.of("username", "pat", "password", GuardedRealm.PASSWORD))
                .page());

        assertThat(guarded.realm()
                        .admin()
                        .users()
                        .get(guarded.realm().userId("user-15"))
                        .getFederatedIdentity())
                .isEmpty();
    }

    @Test
    void otherIdentityProviderIsToAskAnewToo() {
        var ledger = guarded.ledger();
        var tokens = ledger.tokens("user-11", GuardedRealm.PASSWORD);
        var theirs = ledger.authorize(Map.of("prompt", "login", "kc_idp_hint", "partner"))
                .page();
        ledger.submit(theirs, Map.of("username", "pat", "password", GuardedRealm.PASSWORD));
        suspect(guarded, tokens);

        var form = ledger.authorize(Map.of("kc_idp_hint", "partner")).page();

        assertThat(form.document().baseUri()).contains("prompt=login");
        assertThat(form.asksFor("password")).isTrue();
        assertThat(ledger.authorize(Map.of("kc_idp_hint", "partner", "prompt", "none"))
                        .error())
                .isEqualTo("login_required");
    }

    @Test
    void otherIdentityProviderOfSamlIsToAskAnewToo() {
        var ledger = guarded.ledger();
        var elsewhere = Map.of("kc_idp_hint", "saml-partner");
        assertThat(requestIn(guarded.ledger().authorize(elsewhere).page())).doesNotContain("ForceAuthn=\"true\"");
        var tokens = ledger.tokens("user-12", GuardedRealm.PASSWORD);
        suspect(guarded, tokens);

        assertThat(requestIn(ledger.authorize(elsewhere).page())).contains("ForceAuthn=\"true\"");
    }

    private static String requestIn(OidcClient.Page page) {
        var query = URI.create(page.document().baseUri()).getQuery();
        var message = Arrays.stream(query.split("&"))
                .filter(part -> part.startsWith("SAMLRequest="))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No request in " + query));
        try (var inflated = new InflaterInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(message.substring("SAMLRequest=".length()))),
                new Inflater(true))) {
            return new String(inflated.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void certificateThatNobodyIsAskedForIsNoNewSignIn() {
        letCertificatesSignIn();
        var tower = guarded.realm()
                .oidc("tower")
                .certificate(guarded.realm().server().pki().device("user-13"));
        var tokens = tower.exchange(tower.authorize());
        assertThat(tokens.status()).isEqualTo(200);
        suspect(guarded, tokens);

        assertThat(tower.authorize(SILENT).error()).isIn("interaction_required", "login_required");
        var page = tower.authorize().page();

        assertThat(page.asksFor("password")).isTrue();
        assertNewSignInNeeded(tower.refresh(tokens.refreshToken()));
        var again = tower.exchange(tower.submit(page, Map.of("password", GuardedRealm.PASSWORD)));

        assertThat(again.status()).isEqualTo(200);
        assertThat(tower.refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    private static void letCertificatesSignIn() {
        var flows = guarded.realm().admin().flows();
        flows.copy("sallyport browser", Map.of("newName", "certificates")).close();
        var step = new AuthenticationExecutionRepresentation();
        step.setParentFlow(childOf("certificates"));
        step.setAuthenticator("auth-x509-client-username-form");
        step.setRequirement("ALTERNATIVE");
        step.setPriority(1);
        var made = flows.addExecution(step);
        var config = new AuthenticatorConfigRepresentation();
        config.setAlias("certificates");
        config.setConfig(Map.of(
                "x509-cert-auth.mapping-source-selection", "Subject's Common Name",
                "x509-cert-auth.mapper-selection", "Username or Email",
                "x509-cert-auth.confirmation-page-disallowed", "true"));
        flows.newExecutionConfig(CreatedResponseUtil.getCreatedId(made), config).close();
        guarded.realm().bind("tower", "browser", idOf("certificates"));
    }

    private static String idOf(String flow) {
        return guarded.realm().admin().flows().getFlows().stream()
                .filter(found -> found.getAlias().equals(flow))
                .findFirst()
                .orElseThrow()
                .getId();
    }

    /** The first flow within it, which has the ways in. */
    private static String childOf(String flow) {
        return guarded.realm().admin().flows().getExecutions(flow).get(0).getFlowId();
    }

    private static void assertNewSignInNeeded(TokenResponse refused) {
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains(NEW_SIGN_IN, "Sign in again");
    }

    private static TokenResponse terminalApprovedBy(OidcClient browser) {
        var asked = guarded.realm()
                .oidc("terminal")
                .request("/protocol/openid-connect/auth/device", Map.of("scope", "openid"));
        var consent =
                browser.open(asked.body().path("verification_uri_complete").asText());
        browser.submit(consent.page(), Map.of("accept", "Yes"));
        return asked;
    }

    private static TokenResponse collect(TokenResponse asked) {
        return guarded.realm()
                .oidc("terminal")
                .token(Map.of(
                        "grant_type",
                        DEVICE_CODE,
                        "device_code",
                        asked.body().path("device_code").asText()));
    }

    private static TokenResponse permission(OidcClient client, TokenResponse tokens) {
        return client.header("Authorization", "Bearer " + tokens.accessToken())
                .token(Map.of("grant_type", UMA, "audience", "files"));
    }

    private static TokenResponse exchange(TokenResponse tokens) {
        return guarded.realm()
                .oidc("ledger-api")
                .secret(GuardedRealm.API_SECRET)
                .token(Map.of(
                        "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                        "subject_token", tokens.accessToken(),
                        "subject_token_type", "urn:ietf:params:oauth:token-type:access_token"));
    }

    private static RestApi administration(GuardedRealm realm, TokenResponse tokens) {
        return node.api("/admin/realms/" + realm.realm().name(), tokens.accessToken());
    }

    private static String sid(TokenResponse tokens) {
        return tokens.claims().path("sid").asText();
    }

    /** Does in the session what the rule is about, and waits until that had its consequence. */
    private static void suspect(GuardedRealm realm, TokenResponse tokens) {
        var ann = realm.realm().userId("ann");
        for (int i = 0; i < 2; i++) {
            administration(realm, tokens)
                    .put("/users/" + ann, "{\"lastName\":\"" + sid(tokens) + i + "\"}")
                    .expect(204);
        }
        await().atMost(SOON).until(() -> StreamSupport.stream(
                        realm.realm()
                                .api()
                                .get("/sessions/" + sid(tokens) + "/events?max=1000")
                                .json()
                                .spliterator(),
                        false)
                .anyMatch(entry -> entry.path("type").asText().equals("response.taken")
                        && entry.at("/details/outcome").asText().equals("taken")));
    }
}
