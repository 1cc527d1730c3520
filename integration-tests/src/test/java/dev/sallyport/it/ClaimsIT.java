package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/** What tokens say about the device, and how long they live while a policy wants to be asked again soon. */
@SallyportTest
class ClaimsIT {

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.client("teller", c -> c.publicClient()
                        .audience("ledger-api")
                        .with(client -> client.getProtocolMappers().add(device(Map.of()))))
                .client("light", c -> c.publicClient().audience("ledger-api").with(client -> {
                    client.getAttributes().put("client.use.lightweight.access.token.enabled", "true");
                    client.getProtocolMappers().add(device(Map.of("lightweight.claim", "false")));
                }))
                .client("light-device", c -> c.publicClient().with(client -> {
                    client.getAttributes().put("client.use.lightweight.access.token.enabled", "true");
                    client.getProtocolMappers().add(device(Map.of("lightweight.claim", "true")));
                }))
                .client("robot", c -> c.serviceAccount("robot-secret")
                        .with(client -> client.getProtocolMappers().add(device(Map.of()))))
                .client("short", c -> c.publicClient().directGrants().audience("ledger-api"))
                .client("short-light", c -> c.publicClient().with(client -> client.getAttributes()
                        .put("client.use.lightweight.access.token.enabled", "true")))
                .client("short-implicit", c -> c.publicClient().with(client -> client.setImplicitFlowEnabled(true)))
                .client("long", c -> c.publicClient()));
        reevaluate("short", "enforced", "PT90S");
        reevaluate("short too", "enforced", "PT30S", "short", "short-light", "short-implicit", "ledger-api");
        reevaluate("long", "report-only", "PT30S");
        reevaluate("longest", "enforced", "PT10H", "long");
    }

    @Test
    void tokensAndUserinfoTellOfTheDeviceThatTheSessionWasStartedOn() {
        var teller = client("teller", "told");
        var observed = Instant.now();
        guarded.posture("told", observed, "\"compliant\":true");

        var tokens = teller.tokens("ann", GuardedRealm.PASSWORD);

        var told = """
                {"id":"told","method":"certificate","compliant":true,"observed_at":"%s"}""".formatted(observed);
        assertThat(tokens.claims().path("device")).hasToString(told);
        assertThat(idToken(tokens).path("device")).hasToString(told);
        assertThat(teller.userinfo(tokens.accessToken()).body().path("device")).hasToString(told);
        assertThat(introspected(tokens).path("device")).hasToString(told);
    }

    @Test
    void introspectionAndUserinfoTellHowTheDeviceIsNow() {
        var teller = client("teller", "now");
        var tokens = teller.tokens("ann", GuardedRealm.PASSWORD);
        assertThat(tokens.claims().at("/device/compliant").asBoolean()).isTrue();

        guarded.fallIll("now");
        assertThat(introspected(tokens).at("/device/compliant").asText()).isEqualTo("false");
        assertThat(teller.userinfo(tokens.accessToken())
                        .body()
                        .at("/device/compliant")
                        .asText())
                .isEqualTo("false");
        guarded.realm().api().delete("/devices/now").expect(204);
        assertThat(introspected(tokens).path("active").asBoolean()).isTrue();
        assertThat(introspected(tokens).has("device")).isFalse();
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        var teller = client("teller", "silent");
        var observed = Instant.now();
        guarded.posture("silent", observed, "\"diskEncrypted\":true");
        var unseen = guarded.realm()
                .oidc("teller")
                .certificate(guarded.realm().server().pki().device("unseen"));
        guarded.realm().device("{\"id\":\"unseen\",\"platform\":\"linux\"}");
        var without = guarded.realm().oidc("teller");

        assertThat(teller.tokens("ann", GuardedRealm.PASSWORD).claims().path("device"))
                .hasToString(
                        "{\"id\":\"silent\",\"method\":\"certificate\",\"observed_at\":\"%s\"}".formatted(observed));
        assertThat(unseen.tokens("ann", GuardedRealm.PASSWORD).claims().path("device"))
                .hasToString("{\"id\":\"unseen\",\"method\":\"certificate\"}");
        assertThat(without.tokens("ann", GuardedRealm.PASSWORD).claims().has("device"))
                .isFalse();
        assertThat(guarded.realm()
                        .oidc("robot")
                        .secret("robot-secret")
                        .clientCredentials()
                        .claims()
                        .has("device"))
                .isFalse();
    }

    @Test
    void blockedDeviceIsNeverCalledCompliant() {
        var teller = client("teller", "blocked");
        var tokens = teller.tokens("ann", GuardedRealm.PASSWORD);

        guarded.realm()
                .api()
                .put("/devices/blocked", "{\"id\":\"blocked\",\"status\":\"blocked\"}")
                .expect(200);

        assertThat(introspected(tokens).at("/device/compliant").asText()).isEqualTo("false");
    }

    @Test
    void lightweightTokenHasTheClaimOnlyWhereItWasWanted() {
        var light = client("light", "light");
        var tokens = light.tokens("ann", GuardedRealm.PASSWORD);
        var device = client("light-device", "light-device").tokens("ann", GuardedRealm.PASSWORD);

        assertThat(tokens.claims().has("device")).isFalse();
        assertThat(introspected(tokens).at("/device/id").asText()).isEqualTo("light");
        assertThat(device.claims().at("/device/id").asText()).isEqualTo("light-device");
    }

    @Test
    void tokenLivesNoLongerThanTheShortestReevaluation() {
        var application = guarded.realm().oidc("short");
        var tokens = application.tokens("ann", GuardedRealm.PASSWORD);

        assertThat(life(tokens.claims())).isLessThanOrEqualTo(30);
        assertThat(tokens.body().path("expires_in").asLong()).isBetween(1L, 30L);
        var refreshed = application.refresh(tokens.refreshToken());
        assertThat(life(refreshed.claims())).isLessThanOrEqualTo(30);
        assertThat(life(application.passwordGrant("ann", GuardedRealm.PASSWORD).claims()))
                .isLessThanOrEqualTo(30);
        assertThat(life(guarded.realm()
                        .oidc("ledger-api")
                        .secret(GuardedRealm.API_SECRET)
                        .token(Map.of(
                                "grant_type",
                                "urn:ietf:params:oauth:grant-type:token-exchange",
                                "subject_token",
                                tokens.accessToken(),
                                "subject_token_type",
                                "urn:ietf:params:oauth:token-type:access_token"))
                        .claims()))
                .isLessThanOrEqualTo(30);
    }

    @Test
    void lightweightTokenAndOneOfTheImplicitFlowLiveNoLongerEither() {
        var light = guarded.realm().oidc("short-light").tokens("ann", GuardedRealm.PASSWORD);
        var implicit = guarded.realm()
                .oidc("short-implicit")
                .login("ann", GuardedRealm.PASSWORD, Map.of("response_type", "token", "nonce", "n"));

        assertThat(life(light.claims())).isLessThanOrEqualTo(30);
        var parameters = ((OidcClient.Returned) implicit).parameters();
        assertThat(life(TokenResponse.claims(parameters.get("access_token")))).isLessThanOrEqualTo(30);
        assertThat(Long.parseLong(parameters.get("expires_in"))).isLessThanOrEqualTo(30);
    }

    @Test
    void lifeIsNeitherShortenedByAReportNorEverLengthened() {
        var tokens = guarded.realm().oidc("long").tokens("ann", GuardedRealm.PASSWORD);

        assertThat(life(tokens.claims())).isBetween(290L, 300L);
    }

    private static void reevaluate(String name, String state, String life, String... clients) {
        var named = clients.length == 0 ? new String[] {name} : clients;
        guarded.policy(
                name,
                state,
                "\"clients\":{\"include\":[\"" + String.join("\",\"", named) + "\"]}",
                "\"reevaluate\":\"" + life + "\"");
    }

    private static OidcClient client(String clientId, String device) {
        return guarded.realm().oidc(clientId).certificate(guarded.healthyDevice(device));
    }

    private static long life(JsonNode claims) {
        return claims.path("exp").asLong() - claims.path("iat").asLong();
    }

    private static JsonNode idToken(TokenResponse tokens) {
        return TokenResponse.claims(tokens.body().path("id_token").asText());
    }

    private static JsonNode introspected(TokenResponse tokens) {
        return guarded.realm()
                .oidc("ledger-api")
                .secret(GuardedRealm.API_SECRET)
                .introspect(tokens.accessToken())
                .body();
    }

    private static ProtocolMapperRepresentation device(Map<String, String> more) {
        var config = new HashMap<>(Map.of(
                "access.token.claim", "true",
                "id.token.claim", "true",
                "userinfo.token.claim", "true",
                "introspection.token.claim", "true"));
        config.putAll(more);
        var mapper = new ProtocolMapperRepresentation();
        mapper.setName("device");
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper("sallyport-device-claim");
        mapper.setConfig(config);
        return mapper;
    }
}
