package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.authorization.PolicyEnforcementMode;
import org.keycloak.representations.idm.authorization.ResourceRepresentation;
import org.keycloak.representations.idm.authorization.ResourceServerRepresentation;

/** The grants of the token endpoint, and what tokens are good for afterwards, ask the same policies. */
@SallyportTest
class GrantsIT {

    private static final String SECRET = "a-client-secret";
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
    private static final String UMA = "urn:ietf:params:oauth:grant-type:uma-ticket";

    private static GuardedRealm guarded;
    private static Realm partner;

    @BeforeAll
    static void makeRealms(KeycloakServer server) {
        partner = server.realm(r -> r.user("pat", u -> u.password(GuardedRealm.PASSWORD))
                .user("pia", u -> u.password(GuardedRealm.PASSWORD))
                .client("broker", c -> c.confidential(SECRET).redirect("*").directGrants()));
        guarded = GuardedRealm.on(server, r -> r.audienceScope("to-vault", "vault")
                .user("cleo", u -> u.password(GuardedRealm.PASSWORD).clientRoles("realm-management", "create-client"))
                .client("vault", c -> c.resourceServer(SECRET))
                .client(
                        "exchanger",
                        c -> c.resourceServer(SECRET).tokenExchange().optionalScope("to-vault"))
                .client("portal", c -> c.publicClient().audience("exchanger"))
                .client("terminal", c -> c.publicClient().with(client -> client.getAttributes()
                        .put("oauth2.device.authorization.grant.enabled", "true")))
                .client("importer", c -> c.confidential(SECRET).with(GrantsIT::takesAssertions))
                .client("free-importer", c -> c.confidential(SECRET).with(GrantsIT::takesAssertions))
                .client("desk", c -> c.confidential(SECRET))
                .client("files", c -> c.serviceAccount(SECRET).with(client -> {
                    client.setAuthorizationServicesEnabled(true);
                    client.setAuthorizationSettings(everythingPermitted());
                }))
                .client("light", c -> c.publicClient().audience("ledger-api").with(client -> client.getAttributes()
                        .putAll(Map.of(
                                "client.use.lightweight.access.token.enabled", "true",
                                "allow.userinfo.with.lightweight.access.token", "true"))))
                .client("light-vault", c -> c.publicClient().audience("vault").with(client -> client.getAttributes()
                        .put("client.use.lightweight.access.token.enabled", "true")))
                .client("signed", c -> c.resourceServer(SECRET).with(client -> client.getAttributes()
                        .put("client.introspection.response.allow.jwt.claim.enabled", "true")))
                .client("nightly", c -> c.serviceAccount(SECRET))
                .brokerTo("partner", partner, "broker", SECRET)
                .with(realm -> {
                    var provider = realm.getIdentityProviders().get(0);
                    var config = new HashMap<>(provider.getConfig());
                    config.put("jwtAuthorizationGrantEnabled", "true");
                    config.put("allowClientIdAsAudience", "true");
                    provider.setConfig(config);
                    provider.setStoreToken(true);
                    provider.setAddReadTokenRoleOnCreate(true);
                }));
        var link = new FederatedIdentityRepresentation();
        link.setUserId(partner.userId("pat"));
        link.setUserName("pat");
        guarded.realm().admin().users().get(guarded.realm().userId("ann")).addFederatedIdentity("partner", link);
        for (var client : new String[] {"ledger", "vault", "terminal", "importer", "files", "desk", "light"}) {
            guarded.policy(client, "enforced", "\"clients\":{\"include\":[\"" + client + "\"]}", GuardedRealm.HEALTHY);
        }
        guarded.policy(
                "nightly", "enforced", "\"clients\":{\"include\":[\"nightly\"]}", "\"freshAuthentication\":\"PT1H\"");
    }

    private static void takesAssertions(ClientRepresentation client) {
        client.getAttributes().put("oauth2.jwt.authorization.grant.enabled", "true");
        client.getAttributes().put("oauth2.jwt.authorization.grant.idp", "partner");
    }

    private static ResourceServerRepresentation everythingPermitted() {
        var settings = new ResourceServerRepresentation();
        settings.setPolicyEnforcementMode(PolicyEnforcementMode.PERMISSIVE);
        var folder = new ResourceRepresentation();
        folder.setName("folder");
        settings.setResources(List.of(folder));
        return settings;
    }

    // Device authorization grant

    private TokenResponse askFromTerminal() {
        return client("terminal").request("/protocol/openid-connect/auth/device", Map.of("scope", "openid"));
    }

    /** What the user does in a browser, at the address that the terminal shows. */
    private OidcClient.Page approve(OidcClient browser, TokenResponse asked) {
        var login = browser.open(asked.body().path("verification_uri_complete").asText())
                .page();
        var after = browser.submit(login, Map.of("username", "ann", "password", GuardedRealm.PASSWORD))
                .page();
        return after.status() == 200 && after.document().selectFirst("[name=accept]") != null
                ? browser.submit(after, Map.of("accept", "Yes")).page()
                : after;
    }

    private TokenResponse collect(TokenResponse asked) {
        return client("terminal")
                .token(Map.of(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:device_code",
                        "device_code",
                        asked.body().path("device_code").asText()));
    }

    @Test
    void deviceOfADeviceGrantIsTheOneWhoseBrowserApproved() {
        var asked = askFromTerminal();

        approve(client("terminal").certificate(guarded.healthyDevice("approving")), asked);

        var tokens = collect(asked);
        assertThat(tokens.status()).isEqualTo(200);
        guarded.fallIll("approving");
        assertThat(client("terminal").refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
    }

    @Test
    void deviceGrantCannotBeApprovedInABrowserThatNoDeviceVouchesFor() {
        var asked = askFromTerminal();

        var page = approve(client("terminal"), asked);

        assertThat(page.status()).isEqualTo(403);
        assertThat(collect(asked).error()).isEqualTo("authorization_pending");
    }

    @Test
    void deviceGrantIsRefusedOnceTheDeviceThatApprovedIsIll() {
        var asked = askFromTerminal();
        approve(client("terminal").certificate(guarded.healthyDevice("approved")), asked);

        guarded.fallIll("approved");
        var refused = collect(asked);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("Turn on FileVault");
        assertThat(doors()).contains("device-grant");
    }

    // JWT authorization grant

    private TokenResponse showAssertion(String client) {
        var assertion = partner.oidc("broker")
                .secret(SECRET)
                .passwordGrant("pat", GuardedRealm.PASSWORD)
                .body()
                .path("id_token")
                .asText();
        return confidential(client)
                .token(Map.of(
                        "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                        "assertion", assertion,
                        "scope", "openid"));
    }

    @Test
    void assertionOfAnotherIssuerProvesNoDevice() {
        var free = showAssertion("free-importer");
        var refused = showAssertion("importer");

        assertThat(free.status()).as(free.body().toString()).isEqualTo(200);
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("was not recognised");
        assertThat(doors()).contains("jwt-grant");
    }

    // User-managed access

    private TokenResponse permission(OidcClient client, String accessToken, Map<String, String> more) {
        var parameters = new HashMap<>(Map.of("grant_type", UMA, "audience", "files"));
        parameters.putAll(more);
        return client.header("Authorization", "Bearer " + accessToken).token(parameters);
    }

    @Test
    void permissionIsRefusedInEachFormOnceTheDeviceIsIll() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("permitted"));
        var token = ledger.tokens("ann", GuardedRealm.PASSWORD).accessToken();
        var decision = Map.of("response_mode", "decision");
        var permissions = Map.of("response_mode", "permissions");
        var rpt = permission(ledger, token, Map.of());
        assertThat(rpt.status()).as(rpt.body().toString()).isEqualTo(200);
        assertThat(permission(ledger, token, decision).body().path("result").asBoolean())
                .isTrue();
        assertThat(permission(ledger, token, permissions).status()).isEqualTo(200);

        guarded.fallIll("permitted");

        assertThat(permission(ledger, token, Map.of()).body().has("access_token"))
                .isFalse();
        assertThat(permission(ledger, token, decision).body().has("result")).isFalse();
        assertThat(permission(ledger, token, permissions).status()).isGreaterThanOrEqualTo(400);
        assertThat(ledger.refresh(rpt.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(requestingPartyTokenIsActive(rpt.accessToken())).isFalse();
        guarded.heal("permitted");
        assertThat(requestingPartyTokenIsActive(rpt.accessToken())).isTrue();
    }

    private boolean requestingPartyTokenIsActive(String token) {
        return confidential("files")
                .request(
                        "/protocol/openid-connect/token/introspect",
                        Map.of("token", token, "token_type_hint", "requesting_party_token"))
                .body()
                .path("active")
                .asBoolean();
    }

    @Test
    void permissionIsJudgedByTheResourceServerItIsFor() {
        var wiki = guarded.wiki();
        var token = wiki.tokens("ann", GuardedRealm.PASSWORD).accessToken();

        var rpt = permission(wiki, token, Map.of());
        var decision = permission(wiki, token, Map.of("response_mode", "decision"));

        assertThat(rpt.error()).isEqualTo("invalid_grant");
        assertThat(decision.error()).isEqualTo("invalid_grant");
        assertThat(decision.errorDescription()).contains("was not recognised");
        assertThat(doors()).contains("uma");
    }

    @Test
    void idTokenOfADeniedSessionWinsNoDecision() {
        var desk = confidential("desk").certificate(guarded.healthyDevice("claimed"));
        var idToken = desk.tokens("ann", GuardedRealm.PASSWORD)
                .body()
                .path("id_token")
                .asText();
        var claim = Map.of(
                "grant_type", UMA,
                "audience", "files",
                "response_mode", "decision",
                "claim_token", idToken,
                "claim_token_format", "http://openid.net/specs/openid-connect-core-1_0.html#IDToken");
        assertThat(desk.token(claim).body().path("result").asBoolean()).isTrue();

        guarded.fallIll("claimed");

        assertThat(desk.token(claim).error()).isEqualTo("invalid_grant");
    }

    // Token exchange

    private TokenResponse exchange(String subjectToken, Map<String, String> more) {
        var parameters = new HashMap<>(
                Map.of("grant_type", EXCHANGE, "subject_token", subjectToken, "subject_token_type", ACCESS_TOKEN));
        parameters.putAll(more);
        return confidential("exchanger").token(parameters);
    }

    @Test
    void deniedTokenIsNotTradedForAFreshOneThatNoPolicyIsAbout() {
        guarded.policy("portal", "enforced", "\"clients\":{\"include\":[\"portal\"]}", GuardedRealm.HEALTHY);
        var portal = client("portal").certificate(guarded.healthyDevice("traded"));
        var token = portal.tokens("ann", GuardedRealm.PASSWORD).accessToken();
        assertThat(exchange(token, Map.of()).status()).isEqualTo(200);

        guarded.fallIll("traded");
        var refused = exchange(token, Map.of());
        guarded.realm().api().delete("/access-policies/portal").expect(204);

        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("Turn on FileVault");
    }

    @Test
    void exchangeDoesNotEscapeThePolicyOfItsTargetAudience() {
        var portal = client("portal");
        var token = portal.tokens("ann", GuardedRealm.PASSWORD).accessToken();

        var harmless = exchange(token, Map.of());
        var reaching = exchange(token, Map.of("audience", "vault", "scope", "to-vault"));

        assertThat(harmless.status()).as(harmless.body().toString()).isEqualTo(200);
        assertThat(reaching.error()).isEqualTo("invalid_grant");
        assertThat(reaching.errorDescription()).contains("was not recognised");
        assertThat(doors()).contains("token-exchange");
    }

    // What tokens are good for

    @Test
    void refusedIntrospectionGivesNoSignedTokenAwayEither() {
        guarded.realm().admin().clients().findByClientId("ledger").forEach(ledger -> guarded.realm()
                .admin()
                .clients()
                .get(ledger.getId())
                .getProtocolMappers()
                .createMapper(audience("signed"))
                .close());
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("signed"));
        var token = ledger.tokens("ann", GuardedRealm.PASSWORD).accessToken();
        var api = confidential("signed").header("Accept", "application/jwt");
        assertThat(api.introspect(token).body().has("jwt")).isTrue();

        guarded.fallIll("signed");
        var inactive = api.introspect(token);

        assertThat(inactive.status()).isEqualTo(200);
        assertThat(inactive.body().path("active").asBoolean(true)).isFalse();
        assertThat(inactive.body().has("jwt")).isFalse();
    }

    private static ProtocolMapperRepresentation audience(String client) {
        var mapper = new ProtocolMapperRepresentation();
        mapper.setName("audience " + client);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper("oidc-audience-mapper");
        mapper.setConfig(Map.of(
                "included.client.audience", client, "access.token.claim", "true", "introspection.token.claim", "true"));
        return mapper;
    }

    @Test
    void lightweightTokenDiesWithItsDevice() {
        var light = client("light").certificate(guarded.healthyDevice("light"));
        var tokens = light.tokens("ann", GuardedRealm.PASSWORD);
        assertThat(tokens.claims().has("aud")).isFalse();
        assertThat(guarded.active(tokens.accessToken())).isTrue();
        assertThat(light.userinfo(tokens.accessToken()).status()).isEqualTo(200);

        guarded.fallIll("light");

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(light.userinfo(tokens.accessToken()).status()).isEqualTo(401);
        assertThat(light.refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
    }

    @Test
    void lightweightTokenIsJudgedByAnAudienceThatItDoesNotName() {
        var light = client("light-vault");

        var refused = light.exchange(light.login("ann", GuardedRealm.PASSWORD));

        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.errorDescription()).contains("was not recognised");
    }

    @Test
    void lightweightTokenIntrospectsAsInactiveForAnAudienceThatIsGuardedSince() {
        var light = client("light-vault").certificate(guarded.healthyDevice("light-vault"));
        var tokens = light.tokens("ann", GuardedRealm.PASSWORD);
        var vault = confidential("vault");
        assertThat(vault.introspect(tokens.accessToken()).body().path("active").asBoolean())
                .isTrue();

        guarded.fallIll("light-vault");

        assertThat(vault.introspect(tokens.accessToken()).body().path("active").asBoolean(true))
                .isFalse();
    }

    @Test
    void refreshTokenOfAnotherClientOrAMadeUpSessionReachesNothing() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("victim"));
        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);

        assertThat(guarded.wiki().refresh(tokens.refreshToken()).error()).isEqualTo("invalid_grant");
        assertThat(ledger.refresh(tokens.accessToken()).error()).isEqualTo("invalid_grant");
        assertThat(ledger.refresh(forged(tokens.refreshToken())).error()).isEqualTo("invalid_grant");
        assertThat(ledger.refresh(tokens.refreshToken()).status()).isEqualTo(200);
    }

    /** The same words under a signature that is not the realm's. */
    private static String forged(String token) {
        var signature = token.lastIndexOf('.') + 1;
        var flipped = new StringBuilder(token.substring(signature)).reverse();
        return token.substring(0, signature) + flipped;
    }

    @Test
    void storedTokenOfAnotherProviderIsNotGivenToADeniedSession() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("stored"));
        var token = ledger.exchange(ledger.login("pia", GuardedRealm.PASSWORD, Map.of("kc_idp_hint", "partner")))
                .accessToken();
        var realm = guarded.realm();
        var broker = realm.server().api("/realms/" + realm.name() + "/broker/partner", token);
        assertThat(broker.get("/token").expect(200).text()).contains("access_token");

        guarded.fallIll("stored");

        assertThat(broker.get("/token").expect(403).text()).doesNotContain("access_token");
    }

    @Test
    void deniedSessionRegistersNoClient() {
        var ledger = guarded.ledger().certificate(guarded.healthyDevice("registering"));
        var token = ledger.tokens("cleo", GuardedRealm.PASSWORD).accessToken();
        var realm = guarded.realm();
        var registration = realm.server().api("/realms/" + realm.name() + "/clients-registrations", token);
        registration.post("/default", "{\"clientId\":\"first\"}").expect(201);

        guarded.fallIll("registering");
        var refused = registration.post("/default", "{\"clientId\":\"second\"}");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(realm.admin().clients().findByClientId("second")).isEmpty();
    }

    @Test
    void serviceAccountHasNeverAuthenticatedAFreshUser() {
        var refused = confidential("nightly").clientCredentials();

        assertThat(refused.error()).isEqualTo("unauthorized_client");
    }

    private static OidcClient client(String id) {
        return guarded.realm().oidc(id);
    }

    private static OidcClient confidential(String id) {
        return client(id).secret(SECRET);
    }

    private static Set<String> doors() {
        var doors = new HashSet<String>();
        guarded.audited("access.denied")
                .forEach(entry -> doors.add(entry.at("/details/door").asText()));
        return doors;
    }
}
