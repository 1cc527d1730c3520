package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.ClientCertificate;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.LogoutReceiver;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/** What an elevation does to tokens, and what it does not. */
@SallyportTest
class ElevatedTokensIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String LEDGER = "ledger";
    private static final String ADMIN = "db-admin";
    private static final String READER = "db-reader";
    private static final Map<String, String> OFFLINE = Map.of("scope", "openid offline_access");

    private static GuardedRealm guarded;
    private static LogoutReceiver receiver;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        receiver = LogoutReceiver.start();
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .clientRole(LEDGER, ADMIN)
                .clientRole(LEDGER, READER)
                .role("keeper")
                .user(
                        "bob",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("offline_access"))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("dan", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("fay", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("gus", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("eve", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("ida", u -> u.password(GuardedRealm.PASSWORD)
                        .groups("/dba")
                        .clientRoles("account", "manage-account", "view-profile"))
                .client("console", ClientBuilder::publicClient)
                .client("books", c -> c.publicClient()
                        .audience("ledger-api")
                        .audience("narrow-api")
                        .with(client -> client.getProtocolMappers().add(rolesInUserinfo())))
                .client("told", c -> c.publicClient().with(client -> client.getAttributes()
                        .putAll(Map.of(
                                "backchannel.logout.url",
                                receiver.url("told"),
                                "backchannel.logout.session.required",
                                "true"))))
                .client("narrow", c -> c.publicClient().with(client -> client.setFullScopeAllowed(false)))
                .client("scoped", c -> c.publicClient().with(client -> client.setFullScopeAllowed(false)))
                .client("narrow-api", c -> c.resourceServer(GuardedRealm.API_SECRET)
                        .tokenExchange()
                        .with(client -> client.setFullScopeAllowed(false)))
                .client("light", c -> c.publicClient().audience("ledger-api").with(client -> client.getAttributes()
                        .put("client.use.lightweight.access.token.enabled", "true"))));
        contains(ADMIN, READER);
        maps("scoped", ADMIN);
        Person.mayAskFrom(guarded, "console");
        privilege("db-admin", "\"maxDuration\":\"PT4H\",\"defaultDuration\":\"PT1H\"");
        privilege("brief", "\"maxDuration\":\"PT4H\",\"defaultDuration\":\"PT1H\",\"tokenLifespan\":\"PT30S\"");
        privilege("moment", "\"maxDuration\":\"PT1H\",\"defaultDuration\":\"PT5S\"");
        privilege("everywhere", "\"maxDuration\":\"PT4H\",\"defaultDuration\":\"PT1H\",\"boundTo\":\"user\"");
        privilege("closing", "\"maxDuration\":\"PT4H\",\"defaultDuration\":\"PT1H\"", ",\"endSessions\":true");
        privilege(
                "healthy",
                "\"maxDuration\":\"PT4H\",\"defaultDuration\":\"PT1H\",\"device\":{\"compliant\":true},\"boundTo\":\"device\"");
    }

    @AfterAll
    static void stopReceiver() {
        receiver.close();
    }

    @Test
    void setupTellsWhetherTheMappersAreThere(KeycloakServer server) {
        var bare = server.realm(r -> {}).api().get("/setup").expect(200).json();

        assertThat(bare.path("missing").toString())
                .contains("protocol-mapper/roles/sallyport-elevated-roles")
                .contains("protocol-mapper/roles/sallyport-elevation-claim");
        assertThat(guarded.realm().api().get("/setup").expect(200).json().toString())
                .doesNotContain("protocol-mapper/roles");
    }

    @Test
    void elevatedRoleIsInTokenUserinfoAndIntrospectionWithAllThatItContains() {
        var bob = person("bob");
        assertThat(roles(bob.at("books").claims())).isEmpty();

        var elevation = bob.elevated("db-admin");

        var tokens = bob.at("books");
        assertThat(roles(tokens.claims())).containsExactlyInAnyOrder(ADMIN, READER);
        assertThat(roles(introspected(tokens))).containsExactlyInAnyOrder(ADMIN, READER);
        assertThat(roles(bob.app("books").userinfo(tokens.accessToken()).body()))
                .containsExactlyInAnyOrder(ADMIN, READER);
        var claim = tokens.claims().at("/elevations/0");
        assertThat(claim.path("id").asText()).isEqualTo(elevation.path("id").asText());
        assertThat(claim.path("privilege").asText()).isEqualTo("db-admin");
        assertThat(claim.path("exp").asLong()).isEqualTo(end(elevation).getEpochSecond());
        assertThat(introspected(tokens).path("elevations"))
                .isEqualTo(tokens.claims().path("elevations"));
        assertThat(tokens.claims().path("aud").toString()).contains(LEDGER);
    }

    @Test
    void onlyClientsWhoseScopeAllowsTheRoleGetIt() {
        var bob = person("bob");
        bob.elevated("db-admin");

        var narrow = bob.at("narrow").claims();
        assertThat(roles(narrow)).isEmpty();
        assertThat(narrow.has("elevations")).isFalse();
        assertThat(roles(bob.at("scoped").claims())).contains(ADMIN);
    }

    @Test
    void otherSessionsOfTheUserGetNothingOfWhatIsBoundToOne() {
        var fay = person("fay");
        fay.elevated("db-admin");

        assertThat(roles(person("fay").at("books").claims())).isEmpty();
        assertThat(roles(person("gus").at("books").claims())).isEmpty();
    }

    @Test
    void allSessionsOfTheUserGetWhatIsBoundToTheUser() {
        var before = person("carol");
        var carol = person("carol");
        var elevation = carol.elevated("everywhere");

        assertThat(roles(before.at("books").claims())).contains(ADMIN);
        assertThat(roles(person("carol").at("books").claims())).contains(ADMIN);
        carol.end(elevation);
        assertThat(roles(before.at("books").claims())).isEmpty();
    }

    @Test
    void tokenEndsNoLaterThanTheElevationAndItsTokenLifespan() {
        var bob = person("bob");
        var elevation = bob.elevated("db-admin", "\"duration\":\"PT40S\"");
        var tokens = bob.at("books");
        assertThat(tokens.claims().path("exp").asLong())
                .isEqualTo(end(elevation).getEpochSecond());
        assertThat(tokens.body().path("expires_in").asLong()).isLessThanOrEqualTo(40);
        assertThat(TokenResponse.claims(tokens.body().path("id_token").asText())
                        .path("exp")
                        .asLong())
                .isLessThanOrEqualTo(end(elevation).getEpochSecond());

        bob.elevated("brief");
        assertThat(life(bob.at("books"))).isLessThanOrEqualTo(30);
        assertThat(life(bob.at("light"))).isLessThanOrEqualTo(30);
        assertThat(life(bob.at("narrow"))).isGreaterThan(200);
    }

    @Test
    void refreshKeepsTheElevationWhileItLastsAndDropsItThen() {
        var bob = person("bob");
        var elevation = bob.elevated("moment");
        var tokens = bob.at("books");
        var refreshed = bob.app("books").refresh(tokens.refreshToken());
        assertThat(roles(refreshed.claims())).contains(ADMIN);
        assertThat(refreshed.claims().path("exp").asLong())
                .isLessThanOrEqualTo(end(elevation).getEpochSecond());

        await().atMost(SOON).until(() -> Instant.now().isAfter(end(elevation)));

        var after = bob.app("books").refresh(refreshed.refreshToken()).claims();
        assertThat(roles(after)).isEmpty();
        assertThat(after.has("elevations")).isFalse();
        assertThat(guarded.active(refreshed.accessToken())).isFalse();
    }

    @Test
    void tokenOfAnElevationThatWasEndedEarlyIsInactiveAtOnceAndAnyOtherIsNot() {
        var bob = person("bob");
        var before = bob.at("books");
        var elevation = bob.elevated("db-admin");
        var tokens = bob.at("books");
        var light = bob.at("light");
        assertThat(guarded.active(tokens.accessToken())).isTrue();
        assertThat(guarded.active(light.accessToken())).isTrue();

        bob.end(elevation);

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(guarded.active(light.accessToken())).isFalse();
        assertThat(guarded.active(before.accessToken())).isTrue();
        assertThat(roles(bob.app("books").userinfo(tokens.accessToken()).body()))
                .isEmpty();
        assertThat(roles(bob.app("books").refresh(tokens.refreshToken()).claims()))
                .isEmpty();
    }

    @Test
    void tokenOfAnElevationThatWasEndedEarlyOpensNoInterfaceOfKeycloakItself() {
        var ida = person("ida");
        var before = ida.at("books");
        var elevation = ida.elevated("db-admin");
        var tokens = ida.at("books");
        assertThat(account(tokens)).isEqualTo(200);

        ida.end(elevation);

        assertThat(account(tokens)).isEqualTo(401);
        assertThat(account(before)).isEqualTo(200);
        assertThat(account(ida.app("books").refresh(tokens.refreshToken()))).isEqualTo(200);
    }

    private static int account(TokenResponse tokens) {
        var realm = guarded.realm();
        return realm.server()
                .api("/realms/" + realm.name() + "/account", tokens.accessToken())
                .get("")
                .status();
    }

    @Test
    void exchangeCarriesItToNoClientWithoutItAndToNoLongerLife() {
        var bob = person("bob");
        var elevation = bob.elevated("db-admin", "\"duration\":\"PT60S\"");
        var tokens = bob.at("books");

        var wide = exchanged("ledger-api", tokens);
        assertThat(roles(wide.claims())).contains(ADMIN);
        assertThat(wide.claims().path("exp").asLong())
                .isLessThanOrEqualTo(tokens.claims().path("exp").asLong());
        var narrow = exchanged("narrow-api", tokens);
        assertThat(roles(narrow.claims())).isEmpty();
        assertThat(narrow.claims().has("elevations")).isFalse();

        bob.end(elevation);
        assertThat(guarded.active(wide.accessToken())).isFalse();
    }

    @Test
    void exchangeOfAnExchangedTokenDoesNotMakeItLast() {
        var bob = person("bob");
        bob.elevated("brief");
        var tokens = bob.at("books");
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);

        var again = exchanged("ledger-api", tokens);

        assertThat(roles(again.claims())).contains(ADMIN);
        assertThat(again.claims().path("exp").asLong())
                .isLessThanOrEqualTo(tokens.claims().path("exp").asLong());
    }

    @Test
    void offlineTokenNeverCarriesIt() {
        var bob = person("bob");
        bob.elevated("everywhere");

        var offline = bob.at("books", OFFLINE);

        assertThat(roles(offline.claims())).isEmpty();
        assertThat(roles(bob.app("books").refresh(offline.refreshToken()).claims()))
                .isEmpty();
        guarded.realm().admin().deleteSession(offline.claims().path("sid").asText(), false);
        var later = bob.app("books").refresh(offline.refreshToken());
        assertThat(roles(later.claims())).isEmpty();
        assertThat(later.claims().has("elevations")).isFalse();
    }

    @Test
    void whoeverLeavesTheGroupOrIsLockedLosesItAtOnce() {
        var dan = person("dan");
        dan.elevated("everywhere");
        var tokens = dan.at("books");
        var users = guarded.realm().admin().users();
        var account = users.get(guarded.realm().userId("dan"));
        var group = account.groups().get(0).getId();

        account.leaveGroup(group);

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(roles(dan.at("books").claims())).isEmpty();
        awaitEnd(dan, "everywhere", "eligibility");
        account.joinGroup(group);
        assertThat(roles(dan.at("books").claims())).isEmpty();
    }

    @Test
    void lockOfThePrivilegeEndsIt() {
        var eve = person("eve");
        eve.elevated("everywhere");
        var tokens = eve.at("books");

        var lock = guarded.lock("{\"privilege\":\"everywhere\",\"reason\":\"inquiry\"}");

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        awaitEnd(eve, "everywhere", "lock");
        guarded.lift(lock);
        assertThat(roles(eve.at("books").claims())).isEmpty();
    }

    @Test
    void deviceThatFallsIllEndsWhatNeedsAHealthyOne() {
        var carol = person("carol", guarded.healthyDevice("falls"));
        carol.elevated("healthy");
        var tokens = carol.at("books");
        assertThat(roles(tokens.claims())).contains(ADMIN);

        guarded.fallIll("falls");

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(roles(carol.app("books").refresh(tokens.refreshToken()).claims()))
                .isEmpty();
        awaitEnd(carol, "healthy", "device");
        guarded.heal("falls");
        assertThat(roles(carol.app("books").refresh(tokens.refreshToken()).claims()))
                .isEmpty();
    }

    @Test
    void logoutEndsIt() {
        var eve = person("eve");
        var elevation = eve.elevated("db-admin");
        var tokens = eve.at("books");

        eve.app("books").logout(tokens.refreshToken());

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        found(elevation.path("id").asText()).path("endedBy").asText())
                .isEqualTo("logout"));
    }

    @Test
    void impersonatedSessionsNeverCarryIt() {
        person("carol").elevated("everywhere");
        var browser = guarded.realm().oidc("books");
        var admin = guarded.realm().server().admin().tokenManager().getAccessTokenString();
        assertThat(browser.impersonate(guarded.realm().userId("carol"), admin)).isEqualTo(200);

        var tokens = browser.exchange(browser.authorize());

        assertThat(tokens.claims().path("preferred_username").asText()).isEqualTo("carol");
        assertThat(roles(tokens.claims())).isEmpty();
    }

    @Test
    void sessionGoesWithThePrivilegeThatSaysSoAndItsApplicationsAreTold() {
        var eve = person("eve");
        var other = person("eve").at("told");
        var elevation = eve.elevated("closing");
        var tokens = eve.at("told");
        var sid = tokens.claims().path("sid").asText();

        eve.end(elevation);

        await().atMost(SOON).until(() -> receiver.notice("told", sid).isPresent());
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        eve.app("told").refresh(tokens.refreshToken()).status())
                .isEqualTo(400));
        assertThat(eve.app("told").authorize(Map.of("prompt", "none")).error()).isEqualTo("login_required");
        assertThat(eve.app("told").refresh(other.refreshToken()).status()).isEqualTo(200);
        assertThat(person("eve").at("told").status()).isEqualTo(200);
    }

    private static Person person(String name) {
        return Person.loggedIn(guarded, name, Optional.empty());
    }

    private static Person person(String name, ClientCertificate device) {
        return Person.loggedIn(guarded, name, Optional.of(device));
    }

    private static JsonNode found(String id) {
        var found = new ArrayList<JsonNode>();
        guarded.realm().api().get("/elevations?max=1000").expect(200).json().forEach(elevation -> {
            if (elevation.path("id").asText().equals(id)) found.add(elevation);
        });
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static void awaitEnd(Person person, String privilege, String endedBy) {
        await().atMost(SOON).untilAsserted(() -> {
            var ended = new ArrayList<String>();
            guarded.realm()
                    .api()
                    .get("/elevations?user=" + person.name() + "&privilege=" + privilege)
                    .expect(200)
                    .json()
                    .forEach(elevation -> ended.add(elevation.path("endedBy").asText()));
            assertThat(ended).contains(endedBy);
        });
    }

    private static TokenResponse exchanged(String client, TokenResponse tokens) {
        return guarded.realm()
                .oidc(client)
                .secret(GuardedRealm.API_SECRET)
                .token(Map.of(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:token-exchange",
                        "subject_token",
                        tokens.accessToken(),
                        "subject_token_type",
                        "urn:ietf:params:oauth:token-type:access_token"));
    }

    private static List<String> roles(JsonNode claims) {
        var roles = new ArrayList<String>();
        claims.at("/resource_access/ledger/roles").forEach(role -> roles.add(role.asText()));
        return roles;
    }

    private static Instant end(JsonNode elevation) {
        return Instant.parse(elevation.path("end").asText());
    }

    private static long life(TokenResponse tokens) {
        return tokens.claims().path("exp").asLong()
                - tokens.claims().path("iat").asLong();
    }

    private static JsonNode introspected(TokenResponse tokens) {
        return guarded.realm()
                .oidc("ledger-api")
                .secret(GuardedRealm.API_SECRET)
                .introspect(tokens.accessToken())
                .body();
    }

    private static void privilege(String name, String activation) {
        privilege(name, activation, "");
    }

    private static void privilege(String name, String activation, String more) {
        guarded.realm()
                .api()
                .post("/privileges", """
                        {"name":"%s","displayName":"%s","mode":"token","grants":{"clientRoles":{"ledger":["db-admin"]}},
                         "eligible":{"groups":["/dba"]},"activation":{%s}%s}""".formatted(name, name, activation, more))
                .expect(201);
    }

    private static void contains(String role, String contained) {
        var ledger = idOf(LEDGER);
        var roles = guarded.realm().admin().clients().get(ledger).roles();
        roles.get(role).addComposites(List.of(roles.get(contained).toRepresentation()));
    }

    private static void maps(String client, String role) {
        var clients = guarded.realm().admin().clients();
        var representation = clients.get(idOf(LEDGER)).roles().get(role).toRepresentation();
        clients.get(idOf(client)).getScopeMappings().clientLevel(idOf(LEDGER)).add(List.of(representation));
    }

    private static String idOf(String client) {
        return Person.idOf(guarded, client);
    }

    private static ProtocolMapperRepresentation rolesInUserinfo() {
        var mapper = new ProtocolMapperRepresentation();
        mapper.setName("roles in userinfo");
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper("oidc-usermodel-client-role-mapper");
        mapper.setConfig(Map.of(
                "claim.name",
                "resource_access.${client_id}.roles",
                "multivalued",
                "true",
                "access.token.claim",
                "false",
                "userinfo.token.claim",
                "true"));
        return mapper;
    }
}
