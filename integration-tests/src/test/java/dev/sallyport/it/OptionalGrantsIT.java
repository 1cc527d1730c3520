package dev.sallyport.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ManagementPermissionRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.authorization.ClientPolicyRepresentation;

/** The doors that a server has only with features of its choice, or with an authentication channel. */
@SallyportTest(
        buildOptions = "--features=token-exchange,admin-fine-grained-authz:v1,docker,identity-brokering-api:v2,"
                + "oid4vc-vci,oid4vc-vci-preauth-code,oid4vc-vci-rest-credential-offer",
        options = "--spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri=http://localhost:"
                + OptionalGrantsIT.CHANNEL_PORT)
class OptionalGrantsIT {

    // NB. A constant, since the server is started with it; out of the range from which systems give ports away.
    static final int CHANNEL_PORT = 29_117;

    private static final String SECRET = "a-client-secret";
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    private static final String CREDENTIAL = "oid4vc_natural_person_jwt";
    private static final String PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

    /** What the channel was asked to have approved, by the tokens that answer for it. */
    private static final BlockingQueue<String> ASKED = new LinkedBlockingQueue<>();

    private static HttpServer channel;
    private static GuardedRealm guarded;

    @BeforeAll
    static void openChannel() throws IOException {
        channel = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), CHANNEL_PORT), 0);
        channel.createContext("/", exchange -> {
            ASKED.add(exchange.getRequestHeaders().getFirst("Authorization").substring("Bearer ".length()));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
        });
        channel.start();
    }

    @AfterAll
    static void closeChannel() {
        channel.stop(0);
    }

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        var partner = server.realm(r -> r.user("pat", u -> u.password(GuardedRealm.PASSWORD))
                .client("broker", c -> c.confidential(SECRET).redirect("*")));
        guarded = GuardedRealm.on(server, r -> r.user("helper", u -> u.password(GuardedRealm.PASSWORD)
                        .clientRoles("realm-management", "impersonation"))
                .client("kiosk", c -> c.resourceServer(SECRET).with(OptionalGrantsIT::asksElsewhere))
                .client("till", c -> c.resourceServer(SECRET).with(OptionalGrantsIT::asksElsewhere))
                .client("hall", c -> c.resourceServer(SECRET).with(OptionalGrantsIT::asksElsewhere))
                .client("helpdesk", c -> c.confidential(SECRET).audience("helpdesk"))
                .client("trader", c -> c.confidential(SECRET).audience("trader"))
                .client(
                        "collector",
                        c -> c.confidential(SECRET).audience("collector").with(client -> client.getAttributes()
                                .putAll(Map.of("external.token.enabled", "true", "external.token.idp", "partner"))))
                .client(
                        "payroll",
                        c -> c.with(client -> {
                            client.setProtocol("saml");
                            client.setRedirectUris(List.of("https://payroll.example.com/*"));
                            client.getAttributes()
                                    .put("saml_assertion_consumer_url_post", "https://payroll.example.com/saml");
                            client.getAttributes().put("saml.client.signature", "false");
                        }))
                .client("registry", c -> c.with(client -> client.setProtocol("docker-v2")))
                .client("free-registry", c -> c.with(client -> client.setProtocol("docker-v2")))
                .client("wallet", c -> c.confidential(SECRET)
                        .optionalScope(CREDENTIAL)
                        .with(client -> client.getAttributes().put("oid4vci.enabled", "true")))
                .client("free-wallet", c -> c.confidential(SECRET)
                        .optionalScope(CREDENTIAL)
                        .with(client -> client.getAttributes().put("oid4vci.enabled", "true")))
                .brokerTo("partner", partner, "broker", SECRET)
                .with(realm -> {
                    realm.setVerifiableCredentialsEnabled(true);
                    var provider = realm.getIdentityProviders().get(0);
                    provider.setStoreToken(true);
                    provider.setAddReadTokenRoleOnCreate(true);
                }));
        server.keycloakApi(guarded.realm().name())
                .post(
                        "/users/" + guarded.realm().userId("ann") + "/vc/credentials",
                        "{\"credentialScopeName\":\"" + CREDENTIAL + "\"}")
                .expect(200);
        for (var client : new String[] {"till", "payroll", "registry", "wallet"}) {
            guarded.policy(client, "enforced", "\"clients\":{\"include\":[\"" + client + "\"]}", GuardedRealm.HEALTHY);
        }
        guarded.policy("hall", "enforced", "\"clients\":{\"include\":[\"hall\"]}", "\"freshAuthentication\":\"PT5M\"");
        guarded.policy(
                "strong",
                "enforced",
                "\"users\":{\"include\":{\"users\":[\"ben\"]}}",
                "\"freshAuthentication\":\"PT5M\"");
    }

    private static void asksElsewhere(ClientRepresentation client) {
        client.getAttributes().put("oidc.ciba.grant.enabled", "true");
    }

    @BeforeEach
    void forgetWhatWasAsked() {
        ASKED.clear();
    }

    // CIBA

    private static TokenResponse askElsewhere(String client) {
        return askElsewhere(client, "openid");
    }

    private static TokenResponse askElsewhere(String client, String scope) {
        return confidential(client)
                .request(
                        "/protocol/openid-connect/ext/ciba/auth",
                        Map.of("login_hint", "ann", "scope", scope, "binding_message", "W4SCT"));
    }

    private static void approveElsewhere() throws InterruptedException {
        var realm = guarded.realm();
        realm.server()
                .api("/realms/" + realm.name() + "/protocol/openid-connect/ext/ciba", ASKED.take())
                .post("/auth/callback", "{\"status\":\"SUCCEED\"}")
                .expect(200);
    }

    private static TokenResponse collect(String client, TokenResponse asked) {
        return confidential(client)
                .token(Map.of(
                        "grant_type",
                        "urn:openid:params:grant-type:ciba",
                        "auth_req_id",
                        asked.body().path("auth_req_id").asText()));
    }

    @Test
    void loginThatIsApprovedElsewhereIsAllowedWhereNoDeviceIsAskedFor() throws Exception {
        var asked = askElsewhere("kiosk");
        assertThat(asked.status()).as(asked.body().toString()).isEqualTo(200);
        approveElsewhere();

        assertThat(collect("kiosk", asked).status()).isEqualTo(200);
    }

    @Test
    void loginThatIsApprovedElsewhereElevatesNobodyWhatScopeItAsksFor() throws Exception {
        var admin = guarded.realm().admin();
        admin.roles().create(new RoleRepresentation("teller", "", false));
        guarded.realm().api().post("/privileges", """
                        {"name":"teller","displayName":"Teller","mode":"token","grants":{"realmRoles":["teller"]},
                         "eligible":{"users":["ann"]},"activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        // NB. It shows no pages, so it is not given the scope by itself.
        var kiosk = admin.clients().findByClientId("kiosk").get(0).getId();
        admin.clientScopes().findAll().stream()
                .filter(scope -> scope.getName().equals("elevate:teller"))
                .forEach(scope -> admin.clients().get(kiosk).addOptionalClientScope(scope.getId()));

        var asked = askElsewhere("kiosk", "openid elevate:teller");
        assertThat(asked.status()).as(asked.body().toString()).isEqualTo(200);
        approveElsewhere();
        var tokens = collect("kiosk", asked);

        assertThat(tokens.status()).isEqualTo(200);
        assertThat(tokens.claims().at("/realm_access/roles").toString()).doesNotContain("teller");
        assertThat(tokens.claims().has("elevations")).isFalse();
        assertThat(guarded.realm().api().get("/elevations?user=ann").expect(200).json())
                .isEmpty();
    }

    @Test
    void loginThatIsApprovedElsewhereIsFresh() throws Exception {
        var asked = askElsewhere("hall");
        approveElsewhere();

        assertThat(collect("hall", asked).status()).isEqualTo(200);
    }

    @Test
    void nobodyIsAskedToApproveElsewhereWhatWouldBeRefused() {
        var refused = askElsewhere("till");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("access_denied");
        assertThat(refused.errorDescription()).contains("was not recognised");
        assertThat(ASKED).isEmpty();
    }

    @Test
    void approvalElsewhereIsWorthNothingOnceAPolicyForbidsIt() throws Exception {
        var asked = askElsewhere("kiosk");
        approveElsewhere();
        guarded.policy("kiosk", "enforced", "\"clients\":{\"include\":[\"kiosk\"]}", GuardedRealm.HEALTHY);

        var refused = collect("kiosk", asked);
        guarded.realm().api().delete("/access-policies/kiosk").expect(204);

        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("was not recognised");
    }

    // Token exchange of the first version

    private static TokenResponse exchange(String client, String subjectToken, Map<String, String> more) {
        var parameters = new HashMap<>(
                Map.of("grant_type", EXCHANGE, "subject_token", subjectToken, "subject_token_type", ACCESS_TOKEN));
        parameters.putAll(more);
        return confidential(client).token(parameters);
    }

    @Test
    void impersonationByExchangeHasNoDeviceAndAuthenticatedNobody() {
        var token =
                confidential("helpdesk").tokens("helper", GuardedRealm.PASSWORD).accessToken();

        var free = exchange("helpdesk", token, Map.of("requested_subject", "ann"));
        var needsFreshness = exchange("helpdesk", token, Map.of("requested_subject", "ben"));
        guarded.policy("ann", "enforced", "\"users\":{\"include\":{\"users\":[\"ann\"]}}", GuardedRealm.HEALTHY);
        var needsDevice = exchange("helpdesk", token, Map.of("requested_subject", "ann"));
        guarded.realm().api().delete("/access-policies/ann").expect(204);

        assertThat(free.status()).as(free.body().toString()).isEqualTo(200);
        assertThat(needsFreshness.error()).isEqualTo("invalid_grant");
        assertThat(needsDevice.error()).isEqualTo("invalid_grant");
        assertThat(needsDevice.errorDescription()).contains("was not recognised");
        assertThat(sessions("ben")).isZero();
    }

    @Test
    void deniedTokenIsNotTradedForTheOneOfSomebodyElse() {
        var helpdesk = confidential("helpdesk").certificate(guarded.healthyDevice("helpers"));
        var token = helpdesk.tokens("helper", GuardedRealm.PASSWORD).accessToken();
        guarded.policy("helper", "enforced", "\"users\":{\"include\":{\"users\":[\"helper\"]}}", GuardedRealm.HEALTHY);
        var allowed = exchange("helpdesk", token, Map.of("requested_subject", "ann"));

        guarded.fallIll("helpers");
        var refused = exchange("helpdesk", token, Map.of("requested_subject", "ann"));
        guarded.realm().api().delete("/access-policies/helper").expect(204);

        assertThat(allowed.status()).as(allowed.body().toString()).isEqualTo(200);
        assertThat(refused.error()).isEqualTo("invalid_grant");
    }

    @Test
    void assertionForAGuardedApplicationIsNotHadByExchange() {
        mayExchangeTo("trader", "payroll");
        var trader = confidential("trader");
        var unknown = trader.tokens("ann", GuardedRealm.PASSWORD).accessToken();
        var healthy = trader.withoutCookies()
                .certificate(guarded.healthyDevice("payroll"))
                .tokens("ann", GuardedRealm.PASSWORD)
                .accessToken();
        var assertion = Map.of("audience", "payroll", "requested_token_type", "urn:ietf:params:oauth:token-type:saml2");

        var allowed = exchange("trader", healthy, assertion);
        var refused = exchange("trader", unknown, assertion);

        assertThat(allowed.status()).as(allowed.body().toString()).isEqualTo(200);
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("was not recognised");
    }

    @Test
    void exchangeIsJudgedByWhoAsksAlsoWhereTheTokenIsMadeOutForAnother() {
        mayExchangeTo("trader", "ledger-api");
        var trader = confidential("trader").certificate(guarded.healthyDevice("trader"));
        var token = trader.tokens("ann", GuardedRealm.PASSWORD).accessToken();
        guarded.policy("trader", "enforced", "\"clients\":{\"include\":[\"trader\"]}", GuardedRealm.HEALTHY);
        var allowed = exchange("trader", token, Map.of("audience", "ledger-api"));

        guarded.fallIll("trader");
        var refused = exchange("trader", token, Map.of("audience", "ledger-api"));
        guarded.realm().api().delete("/access-policies/trader").expect(204);

        assertThat(allowed.status()).as(allowed.body().toString()).isEqualTo(200);
        assertThat(refused.error()).isEqualTo("invalid_grant");
    }

    @Test
    void applicationThatTakesTheTokenOfAUserActsForNobody(KeycloakServer server) {
        SelfServiceIT.offerScope(guarded, "trader");
        permit(
                "trader",
                server.keycloakApi(guarded.realm().name())
                        .put("/users-management-permissions", "{\"enabled\":true}")
                        .expect(200)
                        .json()
                        .path("scopePermissions")
                        .path("impersonate")
                        .asText(),
                "trader for users");
        var scope = Map.of("scope", "openid sallyport");

        var taken = confidential("trader")
                .token(Map.of("grant_type", EXCHANGE, "requested_subject", "ann", "scope", "openid sallyport"));
        var own = confidential("trader").withoutCookies();
        var tokens = own.exchange(own.login("ann", GuardedRealm.PASSWORD, scope));

        assertThat(taken.status()).as(taken.body().toString()).isEqualTo(200);
        server.selfService(guarded.realm().name(), taken.accessToken())
                .get("/elevations")
                .expect(403);
        server.selfService(guarded.realm().name(), tokens.accessToken())
                .get("/elevations")
                .expect(200);
    }

    /** What Keycloak wants before it exchanges a token for one of another client. */
    private static void mayExchangeTo(String from, String to) {
        var permission = guarded.realm()
                .admin()
                .clients()
                .get(id(to))
                .setPermissions(new ManagementPermissionRepresentation(true))
                .getScopePermissions()
                .get("token-exchange");
        permit(from, permission, from + " to " + to);
    }

    private static void permit(String from, String permission, String name) {
        var clients = guarded.realm().admin().clients();
        var authorization = clients.get(id("realm-management")).authorization();
        var policy = new ClientPolicyRepresentation();
        policy.setName(name);
        policy.setClients(Set.of(id(from)));
        try (var created = authorization.policies().client().create(policy)) {
            assertThat(created.getStatus()).isEqualTo(201);
        }
        var scope = authorization.permissions().scope().findById(permission);
        var representation = scope.toRepresentation();
        representation.setPolicies(Set.of(
                authorization.policies().client().findByName(policy.getName()).getId()));
        scope.update(representation);
    }

    private static String id(String client) {
        return guarded.realm().admin().clients().findByClientId(client).get(0).getId();
    }

    // The tokens of other identity providers

    @Test
    void tokenOfAnotherProviderIsNotGivenToADeniedSession() {
        var collector = confidential("collector").certificate(guarded.healthyDevice("brokered"));
        var token = collector
                .exchange(collector.login("pat", GuardedRealm.PASSWORD, Map.of("kc_idp_hint", "partner")))
                .accessToken();
        guarded.policy("collector", "enforced", "\"clients\":{\"include\":[\"collector\"]}", GuardedRealm.HEALTHY);
        var allowed = externalToken(token);

        guarded.fallIll("brokered");
        var refused = externalToken(token);
        guarded.realm().api().delete("/access-policies/collector").expect(204);

        assertThat(allowed.status()).as(allowed.body().toString()).isEqualTo(200);
        assertThat(refused.status()).isGreaterThanOrEqualTo(400);
        assertThat(refused.body().has("access_token")).isFalse();
    }

    private static TokenResponse externalToken(String token) {
        return confidential("collector").request("/broker/partner/token", Map.of("token", token));
    }

    // Container registries

    @Test
    void registryGetsNoTokenForAnUnknownDevice() {
        var free = registry("free-registry");
        var refused = registry("registry");
        var action = guarded.realm().admin().flows().getRequiredAction("sallyport-access");
        action.setEnabled(false);
        guarded.realm().admin().flows().updateRequiredAction("sallyport-access", action);
        var withoutRequiredAction = registry("registry");
        action.setEnabled(true);
        guarded.realm().admin().flows().updateRequiredAction("sallyport-access", action);

        assertThat(free.status()).isEqualTo(200);
        assertThat(free.text()).contains("\"token\"");
        assertThat(refused.text()).doesNotContain("\"token\"");
        assertThat(withoutRequiredAction.status()).isGreaterThanOrEqualTo(400);
        assertThat(withoutRequiredAction.text()).doesNotContain("\"token\"");
    }

    private static OidcClient.Page registry(String service) {
        var credentials = Base64.getEncoder().encodeToString(("ann:" + GuardedRealm.PASSWORD).getBytes(UTF_8));
        return guarded.realm()
                .oidc(service)
                .header("Authorization", "Basic " + credentials)
                .open(guarded.realm().issuer() + "/protocol/docker-v2/auth?account=ann&service=" + service
                        + "&scope=repository:images:pull")
                .page();
    }

    // Credentials for a wallet

    private static TokenResponse collectOffer(OidcClient wallet) {
        var realm = guarded.realm();
        var token = wallet.tokens("ann", GuardedRealm.PASSWORD).accessToken();
        var issuer = realm.server().api("/realms/" + realm.name() + "/protocol/oid4vc", token);
        var nonce = issuer.get("/create-credential-offer?pre_authorized=true&credential_configuration_id=" + CREDENTIAL)
                .expect(200)
                .json()
                .path("nonce")
                .asText();
        var offer = issuer.get("/credential-offer/" + nonce).expect(200).json();
        var code = offer.path("grants")
                .path(PRE_AUTHORIZED)
                .path("pre-authorized_code")
                .asText();
        return wallet.token(Map.of("grant_type", PRE_AUTHORIZED, "pre-authorized_code", code));
    }

    @Test
    void walletThatCollectsAnOfferProvesNoDevice() {
        var free = collectOffer(confidential("free-wallet"));
        var refused = collectOffer(confidential("wallet").certificate(guarded.healthyDevice("wallet")));

        assertThat(free.status()).as(free.body().toString()).isEqualTo(200);
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("was not recognised");
        assertThat(guarded.audited("access.denied"))
                .anySatisfy(
                        entry -> assertThat(entry.at("/details/door").asText()).isEqualTo("pre-authorized-code"));
    }

    private static int sessions(String user) {
        Realm realm = guarded.realm();
        return realm.admin().users().get(realm.userId(user)).getUserSessions().size();
    }

    private static OidcClient confidential(String id) {
        return guarded.realm().oidc(id).secret(SECRET);
    }
}
