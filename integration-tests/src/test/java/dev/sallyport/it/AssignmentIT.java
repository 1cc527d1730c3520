package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** Privileges that are mapped to the user for a while, because Keycloak itself looks for them there. */
@SallyportTest(postgres = true)
class AssignmentIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String MANAGEMENT = "realm-management";

    private static GuardedRealm guarded;
    private static KeycloakServer node;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        node = server;
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .group("/operators")
                .role("keeper")
                .role("warden")
                .user(
                        "bob",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("offline_access"))
                .user(
                        "carol",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("keeper"))
                .user("dan", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("eve", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user(
                        "ivy",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").roles("offline_access"))
                .user("finn", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("kim", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("lea", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user(
                        "gwen",
                        u -> u.password(GuardedRealm.PASSWORD).groups("/dba").clientRoles(MANAGEMENT, "manage-realm"))
                .user("hugo", u -> u.password(GuardedRealm.PASSWORD)
                        .groups("/dba")
                        .clientRoles(MANAGEMENT, "manage-realm", "manage-users"))
                .client("console", ClientBuilder::publicClient));
        Person.mayAskFrom(guarded, "console");
        privilege("user-admin", "\"clientRoles\":{\"realm-management\":[\"view-users\"]}", "/dba", "PT1H");
        privilege("keeping", "\"realmRoles\":[\"keeper\"]", "/dba", "PT1H");
        privilege("keeping-too", "\"realmRoles\":[\"keeper\",\"warden\"]", "/dba", "PT1H");
        privilege("moment", "\"realmRoles\":[\"warden\"]", "/dba", "PT4S");
        privilege("crash", "\"realmRoles\":[\"warden\"]", "/dba", "PT15S");
        privilege("operating", "\"groups\":[\"/operators\"]", "/dba", "PT1H");
        privilege(
                "realm-keeper",
                "\"clientRoles\":{\"realm-management\":[\"manage-realm\",\"manage-users\"]}",
                "/dba",
                "PT1H");
        privilege("further", "\"realmRoles\":[\"warden\"]", "/operators", "PT1H");
    }

    @Test
    void roleOfKeycloaksAdministrationWorksThereWhileItLastsAndNotAfter() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        assertThat(users(bob.at("wiki").accessToken())).isEqualTo(403);

        var elevation = bob.elevated("user-admin");
        var tokens = bob.at("wiki");

        assertThat(users(tokens.accessToken())).isEqualTo(200);
        assertThat(standing()).doesNotContain("\"bob\"").contains("\"carol\"");
        assertThat(tokens.claims().at("/elevations/0/privilege").asText()).isEqualTo("user-admin");
        bob.end(elevation);
        assertThat(users(tokens.accessToken())).isEqualTo(401);
        assertThat(users(bob.at("wiki").accessToken())).isEqualTo(403);
        assertThat(clientRoles(bob)).doesNotContain("view-users");
        assertThat(leases()).isZero();
    }

    @Test
    void roleThatWasHeldBeforeStays() {
        var carol = Person.loggedIn(guarded, "carol", Optional.empty());

        carol.end(carol.elevated("keeping"));

        assertThat(realmRoles("carol")).contains("keeper");
    }

    @Test
    void whatTwoElevationsGaveStaysUntilBothAreOver() {
        var dan = Person.loggedIn(guarded, "dan", Optional.empty());
        var one = dan.elevated("keeping");
        var two = dan.elevated("keeping-too");

        dan.end(one);
        assertThat(realmRoles("dan")).contains("keeper", "warden");
        dan.end(two);
        assertThat(realmRoles("dan")).doesNotContain("keeper", "warden");
    }

    @Test
    void mappingGoesAtItsTimeThoughNobodyAsks() {
        var dan = Person.loggedIn(guarded, "dan", Optional.empty());

        dan.elevated("moment");

        assertThat(realmRoles("dan")).contains("warden");
        await().atMost(SOON).untilAsserted(() -> assertThat(realmRoles("dan")).doesNotContain("warden"));
    }

    @Test
    void membershipForAWhileMakesNobodyEligibleForMore() {
        var eve = Person.loggedIn(guarded, "eve", Optional.empty());
        var elevation = eve.elevated("operating");
        assertThat(groups("eve")).contains("/operators");

        var further = guarded.realm()
                .publicApi()
                .as(eve.tokens().accessToken())
                .post("/elevations", "{\"privilege\":\"further\"}");

        assertThat(further.status()).isEqualTo(404);
        eve.end(elevation);
        assertThat(groups("eve")).doesNotContain("/operators");
    }

    @Test
    void whoAdministersForAWhileNeitherSavesNorConfirmsAPrivilege() {
        var finn = Person.loggedIn(guarded, "finn", Optional.empty());
        finn.elevated("realm-keeper");
        var token = finn.at("wiki").accessToken();
        var api = guarded.realm().api().as(token);
        api.get("/privileges").expect(200);

        var own = document("own", "\"realmRoles\":[\"warden\"]", "/dba", "PT1H");
        assertThat(api.post("/privileges", own).expect(403).text()).contains("for a while");
        api.put("/privileges/moment", document("moment", "\"realmRoles\":[\"warden\"]", "/dba", "PT2H"))
                .expect(403);
        api.post("/privileges/moment/confirm", "").expect(403);
        var config = JsonNodeFactory.instance.objectNode();
        config.putArray("document").add(own);
        var component = JsonNodeFactory.instance.objectNode();
        component.put("name", "own").put("providerId", "sallyport-privilege");
        component.put("providerType", "dev.sallyport.privilege.realm.PrivilegeProvider");
        component.set("config", config);
        node.keycloakApi(guarded.realm().name())
                .as(token)
                .post("/components", component.toString())
                .expect(403);

        guarded.realm().api().get("/privileges/own").expect(404);
    }

    @Test
    void rightToGrantThatIsHadForAWhileIsNone() {
        var gwen = Person.loggedIn(guarded, "gwen", Optional.empty());
        gwen.elevated("realm-keeper");
        var api = guarded.realm().api().as(gwen.at("wiki").accessToken());
        var theirs = document("theirs", "\"realmRoles\":[\"warden\"]", "/dba", "PT1H");

        assertThat(api.post("/privileges", theirs).expect(403).text()).contains("who may grant that directly");

        var hugo = Person.loggedIn(guarded, "hugo", Optional.empty());
        hugo.elevated("keeping");
        guarded.realm()
                .api()
                .as(hugo.at("wiki").accessToken())
                .post("/privileges", theirs)
                .expect(201);
    }

    @Test
    void whoeverLosesEligibilityLosesTheMapping() {
        var eve = Person.loggedIn(guarded, "eve", Optional.empty());
        eve.elevated("keeping");
        var account = account("eve");
        var group = account.groups().stream()
                .filter(found -> found.getPath().equals("/dba"))
                .findFirst()
                .orElseThrow();

        account.leaveGroup(group.getId());

        await().atMost(SOON).untilAsserted(() -> assertThat(realmRoles("eve")).doesNotContain("keeper"));
        account.joinGroup(group.getId());
        assertThat(realmRoles("eve")).doesNotContain("keeper");
    }

    @Test
    void deletionOfTheLastPrivilegeTakesWhatItHasMapped() {
        var other = GuardedRealm.on(node, r -> r.group("/dba")
                .role("keeper")
                .user("jan", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .client("console", ClientBuilder::publicClient));
        Person.mayAskFrom(other, "console");
        other.realm()
                .api()
                .post("/privileges", document("only", "\"realmRoles\":[\"keeper\"]", "/dba", "PT1H"))
                .expect(201);
        var jan = Person.loggedIn(other, "jan", Optional.empty());
        jan.elevated("only");
        assertThat(jan.at("wiki").claims().at("/realm_access/roles").toString()).contains("keeper");

        other.realm().api().delete("/privileges/only").expect(204);

        assertThat(jan.at("wiki").claims().at("/realm_access/roles").toString()).doesNotContain("keeper");
        await().atMost(SOON).untilAsserted(() -> assertThat(other.realm()
                        .admin()
                        .users()
                        .get(other.realm().userId("jan"))
                        .roles()
                        .realmLevel()
                        .listAll())
                .extracting(RoleRepresentation::getName)
                .doesNotContain("keeper"));
        assertThat(other.audited("elevation.ended")).isNotEmpty();
    }

    @Test
    void actThatFailedAfterItsLeaseAndIsTriedAgainMapsWhatItLeased() {
        guarded.realm().api().post("/privileges", """
                        {"name":"approved","displayName":"Approved","mode":"assignment",
                         "grants":{"realmRoles":["keeper"]},"eligible":{"groups":["/dba"]},
                         "activation":{"maxDuration":"PT1H","defaultDuration":"PT1H"},
                         "approval":{"count":1,"approvers":{"users":["finn"]}}}""").expect(201);
        var kim = Person.loggedIn(guarded, "kim", Optional.empty());
        var elevation = kim.elevated("approved");
        var approval = "/elevations/" + elevation.path("id").asText() + "/approve";
        var finn = guarded.realm()
                .publicApi()
                .as(Person.loggedIn(guarded, "finn", Optional.empty()).tokens().accessToken());
        sql("alter table USER_ROLE_MAPPING add constraint NOT_KIM check (USER_ID <> '%s') not valid"
                .formatted(guarded.realm().userId("kim")));
        try {
            assertThat(finn.post(approval, "{}").status()).isGreaterThanOrEqualTo(400);
            assertThat(leasesOf("kim")).isOne();
        } finally {
            sql("alter table USER_ROLE_MAPPING drop constraint NOT_KIM");
        }

        finn.post(approval, "{}").expect(200);

        assertThat(realmRoles("kim")).contains("keeper");
        assertThat(leasesOf("kim")).isOne();

        kim.end(elevation);

        assertThat(realmRoles("kim")).doesNotContain("keeper");
        assertThat(leasesOf("kim")).isZero();
    }

    @Test
    void whoHasARoleForAWhileIsNotMadeEligibleForItForGood() {
        var other = GuardedRealm.on(node, r -> r.group("/dba")
                .role("keeper")
                .user("jan", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("kim", u -> u.password(GuardedRealm.PASSWORD).roles("keeper"))
                .client("console", ClientBuilder::publicClient));
        Person.mayAskFrom(other, "console");
        var api = other.realm().api();
        api.post("/privileges", document("keeping", "\"realmRoles\":[\"keeper\"]", "/dba", "PT1H"))
                .expect(201);
        var jan = Person.loggedIn(other, "jan", Optional.empty());
        jan.elevated("keeping");

        var outcome =
                api.post("/setup", "{\"convert\":[\"keeping\"]}").expect(200).json();

        assertThat(outcome.path("converted").findValuesAsText("user")).containsExactly("kim");
        assertThat(api.get("/privileges/keeping").json().at("/eligible/users").toString())
                .isEqualTo("[\"kim\"]");
        assertThat(jan.at("wiki").claims().at("/realm_access/roles").toString()).contains("keeper");
    }

    @Test
    void serverThatIsKilledLeavesNoMappingBehind() {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        bob.elevated("crash");
        assertThat(realmRoles("bob")).contains("warden");

        node.kill();
        node.start();

        await().atMost(SOON.multipliedBy(2))
                .untilAsserted(() -> assertThat(realmRoles("bob")).doesNotContain("warden"));
        assertThat(leases()).isZero();
    }

    @Test
    void tokenHasNoRoleOfAnElevationThatIsOverThoughNothingRan() {
        var carol = Person.loggedIn(guarded, "carol", Optional.empty());
        var elevation = carol.elevated("keeping-too");
        assertThat(carol.at("wiki").claims().at("/realm_access/roles").toString())
                .contains("warden");

        // NB. As if no timer of any node had ever noticed: nothing is due, and the end has passed.
        sql("update SP_ELEVATION set DUE_AT = null, END_AT = 1 where ID = '"
                + elevation.path("id").asText() + "'");

        var roles = carol.at("wiki").claims().at("/realm_access/roles").toString();
        assertThat(roles).doesNotContain("warden").contains("keeper");
        assertThat(realmRoles("carol")).contains("keeper").doesNotContain("warden");
    }

    @Test
    void tokenShowsNoMembershipOfAnElevationThatIsOver() {
        var groups = new ProtocolMapperRepresentation();
        groups.setName("groups");
        groups.setProtocol("openid-connect");
        groups.setProtocolMapper("oidc-group-membership-mapper");
        groups.setConfig(Map.of("claim.name", "groups", "full.path", "true", "access.token.claim", "true"));
        console().getProtocolMappers().createMapper(groups).close();
        var dan = Person.loggedIn(guarded, "dan", Optional.empty());
        var elevation = dan.elevated("operating");
        assertThat(dan.at("console").claims().path("groups").toString()).contains("/operators");

        sql("update SP_ELEVATION set DUE_AT = null, END_AT = 1 where ID = '"
                + elevation.path("id").asText() + "'");

        assertThat(dan.at("console").claims().path("groups").toString()).doesNotContain("/operators");
    }

    @Test
    void tokenOfAClientThatIsShownNoElevationLivesNoLongerThanWhatIsMapped() {
        var scope = console().getDefaultClientScopes().stream()
                .filter(found -> found.getName().equals("roles"))
                .findFirst()
                .orElseThrow();
        console().removeDefaultClientScope(scope.getId());
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());

        bob.elevated("moment");

        var claims = bob.at("console").claims();
        console().addDefaultClientScope(scope.getId());
        assertThat(claims.has("elevations")).isFalse();
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isLessThanOrEqualTo(4);
    }

    @Test
    void tokenThatHasWhatIsMappedWithoutHavingAskedForItIsInactiveOnceThatEndsEarly() {
        var ivy = Person.loggedIn(guarded, "ivy", Optional.empty());
        var before = ivy.at("ledger");
        var elevation = ivy.elevated("keeping");
        var administrator = node.admin().tokenManager().getAccessTokenString();
        var browser = guarded.realm().oidc("ledger");
        browser.impersonate(guarded.realm().userId("ivy"), administrator);
        var impersonated = browser.exchange(browser.authorize());
        var offline = ivy.at("ledger", Map.of("scope", "openid offline_access"));
        for (var tokens : List.of(impersonated, offline)) {
            assertThat(tokens.claims().at("/realm_access/roles").toString()).contains("keeper");
            assertThat(tokens.claims().has("elevations")).isFalse();
            assertThat(guarded.active(tokens.accessToken())).isTrue();
        }

        ivy.end(elevation);

        assertThat(guarded.active(impersonated.accessToken())).isFalse();
        assertThat(guarded.active(offline.accessToken())).isFalse();
        assertThat(guarded.active(before.accessToken())).isTrue();
        assertThat(guarded.active(ivy.at("ledger").accessToken())).isTrue();
    }

    @Test
    void sessionThatEndsWithItsPrivilegeIsRefusedAtThatMomentThoughNobodyCanWriteItDown() throws SQLException {
        guarded.realm().api().post("/privileges", """
                        {"name":"closing","displayName":"Closing","mode":"token","grants":{"realmRoles":["warden"]},
                         "eligible":{"groups":["/dba"]},"endSessions":true,
                         "activation":{"maxDuration":"PT1H","defaultDuration":"PT10S"}}""").expect(201);
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var finn = Person.loggedIn(guarded, "finn", Optional.empty());
        var there = bob.at("ledger");
        var others = finn.at("ledger");
        var end = Instant.parse(bob.elevated("closing").path("end").asText());
        try (var other = node.jdbc()) {
            other.setAutoCommit(false);
            execute(other, "lock table SP_ELEVATION in share mode");
            var before = bob.console().refresh(bob.tokens().refreshToken());
            assertThat(before.status()).isEqualTo(200);
            assertThat(exchanged(there).status()).isEqualTo(200);
            assertThat(guarded.active(there.accessToken())).isTrue();
            // NB. Nor can anybody end the session.
            execute(other, "lock table SP_REEVALUATION in share mode");
            await().until(() -> Instant.now().isAfter(end));

            assertThat(guarded.active(there.accessToken())).isFalse();
            assertThat(bob.app("ledger").userinfo(there.accessToken()).status()).isEqualTo(401);
            guarded.realm()
                    .publicApi()
                    .as(bob.tokens().accessToken())
                    .get("/elevations")
                    .expect(401);
            assertThat(exchanged(there).status()).isEqualTo(400);
            var refused = bob.console().refresh(before.refreshToken());
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error()).isEqualTo("invalid_grant");
            assertThat(refused.errorDescription()).isEqualTo("Session not active");
            assertThat(guarded.active(others.accessToken())).isTrue();
            assertThat(finn.console().refresh(finn.tokens().refreshToken()).status())
                    .isEqualTo(200);
            assertThat(exchanged(others).status()).isEqualTo(200);
        }
    }

    private static TokenResponse exchanged(TokenResponse tokens) {
        return guarded.realm()
                .oidc("ledger-api")
                .secret(GuardedRealm.API_SECRET)
                .token(Map.of(
                        "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                        "subject_token", tokens.accessToken(),
                        "subject_token_type", "urn:ietf:params:oauth:token-type:access_token"));
    }

    // NB. What somebody else commits is done past the server here, so that its caches do not hear of it either.
    @Test
    void requestThatKnewTheMappingBeforeItWasTakenAwayPutsNoRoleIntoItsToken() throws SQLException {
        var kim = Person.loggedIn(guarded, "kim", Optional.empty());
        var elevation = kim.elevated("keeping").path("id").asText();
        var tokens = kim.at("ledger");
        assertThat(tokens.claims().at("/realm_access/roles").toString()).contains("keeper");

        try (var other = node.jdbc()) {
            other.setAutoCommit(false);
            execute(other, "lock table SP_ASSIGNMENT in access exclusive mode");
            var refreshed =
                    CompletableFuture.supplyAsync(() -> kim.app("ledger").refresh(tokens.refreshToken()));
            await().atMost(SOON).until(() -> waitFor("sp_assignment"));
            takenAway(other, elevation);
            execute(
                    other,
                    "update SP_ELEVATION set STATUS = 'ended', ENDED_BY = 'user', DUE_AT = null, SLOT = ID,"
                            + " END_AT = LEAST(END_AT, " + System.currentTimeMillis() + ") where ID = '" + elevation
                            + "'");
            other.commit();

            assertThat(refreshed.join().claims().at("/realm_access/roles").toString())
                    .doesNotContain("keeper");
        }
        assertThat(kim.at("wiki").claims().at("/realm_access/roles").toString()).doesNotContain("keeper");
    }

    @Test
    void roleThatIsGivenForGoodAfterItWasTakenAwayIsInTokens() {
        var lea = Person.loggedIn(guarded, "lea", Optional.empty());
        lea.end(lea.elevated("keeping"));
        assertThat(lea.at("ledger").claims().at("/realm_access/roles").toString())
                .doesNotContain("keeper");

        account("lea")
                .roles()
                .realmLevel()
                .add(List.of(guarded.realm().admin().roles().get("keeper").toRepresentation()));

        var claims = lea.at("ledger").claims();
        assertThat(claims.at("/realm_access/roles").toString()).contains("keeper");
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isGreaterThan(30);
        assertThat(realmRoles("lea")).contains("keeper");
    }

    private static void takenAway(Connection connection, String elevation) throws SQLException {
        var leased = "(select %s from SP_ASSIGNMENT where ELEVATION_ID = '" + elevation + "')";
        execute(
                connection,
                "delete from USER_ROLE_MAPPING where USER_ID in " + leased.formatted("USER_ID") + " and ROLE_ID in "
                        + leased.formatted("TARGET_ID"));
        execute(
                connection,
                "update SP_ASSIGNMENT set REMOVED_AT = %d where ELEVATION_ID = '%s'"
                        .formatted(System.currentTimeMillis(), elevation));
    }

    private static void execute(Connection connection, String statement) throws SQLException {
        try (var statements = connection.createStatement()) {
            statements.execute(statement);
        }
    }

    /** Whether somebody waits for a table that the test has locked. */
    private static boolean waitFor(String table) {
        return count("select count(*) from pg_locks where not granted and relation = '%s'::regclass".formatted(table))
                > 0;
    }

    private static ClientResource console() {
        return guarded.realm().admin().clients().get(Person.idOf(guarded, "console"));
    }

    @Test
    void mappingOfAnActThatWasNeverCompletedIsGoneAfterTheStart() {
        var warden = guarded.realm().admin().roles().get("warden").toRepresentation();
        account("ann").roles().realmLevel().add(List.of(warden));
        sql("insert into SP_ASSIGNMENT (ID, REALM_ID, ELEVATION_ID, USER_ID, KIND, TARGET_ID, LEASED_AT)"
                + " select 'abandoned', ID, 'never', '%s', 'role', '%s', 1 from REALM where NAME = '%s'"
                        .formatted(
                                guarded.realm().userId("ann"),
                                warden.getId(),
                                guarded.realm().name()));

        node.restart();

        await().atMost(SOON).untilAsserted(() -> assertThat(realmRoles("ann")).doesNotContain("warden"));
        assertThat(leases()).isZero();
    }

    @Test
    void mappingThatIsLeftWhereNoPrivilegeIsOfferedIsInNoToken() {
        var other = GuardedRealm.on(node, r -> r.role("warden")
                .user("lea", u -> u.password(GuardedRealm.PASSWORD))
                .client("console", ClientBuilder::publicClient));
        Person.mayAskFrom(other, "console");
        var warden = other.realm().admin().roles().get("warden").toRepresentation();
        var lea = other.realm().userId("lea");
        other.realm().admin().users().get(lea).roles().realmLevel().add(List.of(warden));
        sql("insert into SP_ASSIGNMENT (ID, REALM_ID, ELEVATION_ID, USER_ID, KIND, TARGET_ID, LEASED_AT)"
                + " select 'left', ID, 'gone', '%s', 'role', '%s', 1 from REALM where NAME = '%s'"
                        .formatted(lea, warden.getId(), other.realm().name()));

        var claims = Person.loggedIn(other, "lea", Optional.empty()).tokens().claims();

        assertThat(claims.path("preferred_username").asText()).isEqualTo("lea");
        assertThat(claims.at("/realm_access/roles").toString()).doesNotContain("warden");
    }

    private static void sql(String statement) {
        try (var connection = node.jdbc()) {
            execute(connection, statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int users(String token) {
        return node.api("/admin/realms/" + guarded.realm().name(), token)
                .get("/users?max=1")
                .status();
    }

    private static String standing() {
        return guarded.realm()
                .api()
                .get("/reports/standing-privileges")
                .expect(200)
                .text();
    }

    private static long leases() {
        return count("select count(*) from SP_ASSIGNMENT where REMOVED_AT is null");
    }

    private static long leasesOf(String user) {
        return count("select count(*) from SP_ASSIGNMENT where REMOVED_AT is null and USER_ID = '%s'"
                .formatted(guarded.realm().userId(user)));
    }

    private static long count(String query) {
        try (var connection = node.jdbc();
                var statement = connection.createStatement();
                var found = statement.executeQuery(query)) {
            found.next();
            return found.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> clientRoles(Person person) {
        return account(person.name()).roles().clientLevel(Person.idOf(guarded, MANAGEMENT)).listAll().stream()
                .map(RoleRepresentation::getName)
                .toList();
    }

    private static List<String> realmRoles(String user) {
        return account(user).roles().realmLevel().listAll().stream()
                .map(RoleRepresentation::getName)
                .toList();
    }

    private static List<String> groups(String user) {
        return account(user).groups().stream().map(GroupRepresentation::getPath).toList();
    }

    private static UserResource account(String user) {
        return guarded.realm().admin().users().get(guarded.realm().userId(user));
    }

    private static void privilege(String name, String grants, String eligible, String duration) {
        guarded.realm()
                .api()
                .post("/privileges", document(name, grants, eligible, duration))
                .expect(201);
    }

    private static String document(String name, String grants, String eligible, String duration) {
        return """
                {"name":"%1$s","displayName":"%1$s","mode":"assignment","grants":{%2$s},
                 "eligible":{"groups":["%3$s"]},
                 "activation":{"maxDuration":"PT4H","defaultDuration":"%4$s"}}""".formatted(name, grants, eligible, duration);
    }
}
