package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentExportRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.authorization.ScopePermissionRepresentation;
import org.keycloak.representations.idm.authorization.UserPolicyRepresentation;

/**
 * Privileges as documents, and what keeps whoever writes them from giving themselves more. Ann and bob may grant any role
 * that does not administer; carol manages the realm and the pack, and may grant nothing.
 */
@SallyportTest
class PrivilegesIT {

    private static final String TYPE = "dev.sallyport.privilege.realm.PrivilegeProvider";
    private static final String MANAGER = "realm-management";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .role("dba")
                .role("team")
                .clientRole("ledger-api", "db-admin")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD)
                        .clientRoles(MANAGER, "manage-realm", "manage-users", "view-clients"))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).clientRoles(MANAGER, "manage-realm"))
                .client("desk", c -> c.publicClient().directGrants())
                .client("stranger", c -> c.serviceAccount("robot-secret"))
                .client("robot", c -> c.serviceAccount("robot-secret")
                        .serviceAccountRoles(MANAGER, "manage-realm", "manage-users")));
        var admin = guarded.realm().admin();
        var management = admin.clients().findByClientId(MANAGER).get(0).getId();
        admin.users()
                .get(guarded.realm().userId("ann"))
                .roles()
                .clientLevel(management)
                .add(List.of(
                        admin.clients()
                                .get(management)
                                .roles()
                                .get("manage-realm")
                                .toRepresentation(),
                        admin.clients()
                                .get(management)
                                .roles()
                                .get("manage-users")
                                .toRepresentation()));
    }

    private static String token(String user) {
        return guarded.realm()
                .oidc("desk")
                .passwordGrant(user, GuardedRealm.PASSWORD)
                .accessToken();
    }

    private static RestApi as(String user) {
        return guarded.realm().api().as(token(user));
    }

    private static RestApi robot(String client) {
        return guarded.realm()
                .api()
                .as(guarded.realm()
                        .oidc(client)
                        .secret("robot-secret")
                        .clientCredentials()
                        .accessToken());
    }

    private static RestApi keycloakAs(String user) {
        return guarded.realm().server().keycloakApi(guarded.realm().name()).as(token(user));
    }

    private static String privilege(String name) {
        return privilege(name, "'clientRoles':{'ledger-api':['db-admin']}", "");
    }

    private static String privilege(String name, String grants, String more) {
        return """
                {'name':'%s','displayName':'Ledger','mode':'token','grants':{%s},'eligible':{'groups':['/dba']},
                 'activation':{'maxDuration':'PT4H','defaultDuration':'PT1H'}%s}""".formatted(name, grants, more).replace('\'', '"');
    }

    private static String component(String name, String document, Map<String, String> more) {
        var config = JsonNodeFactory.instance.objectNode();
        config.putArray("document").add(document);
        more.forEach((key, value) -> config.putArray(key).add(value));
        var component = JsonNodeFactory.instance.objectNode();
        component.put("name", name).put("providerId", "sallyport-privilege").put("providerType", TYPE);
        component.set("config", config);
        return component.toString();
    }

    private static ComponentRepresentation stored(String name) {
        return guarded.realm().admin().components().query().stream()
                .filter(component -> TYPE.equals(component.getProviderType()) && name.equals(component.getName()))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> editors(String name) {
        return guarded.realm()
                .api()
                .get("/privileges/" + name + "/confirm")
                .expect(200)
                .json()
                .path("editors")
                .findValuesAsText("username");
    }

    @Test
    void privilegesAreDocuments() {
        var api = as("ann");
        var created = api.post("/privileges", privilege("kept")).expect(201).json();

        assertThat(created.path("activation").path("boundTo").asText()).isEqualTo("session");
        assertThat(api.get("/privileges/kept").expect(200).json()).isEqualTo(created);
        assertThat(api.get("/privileges").expect(200).json()).contains(created);
        api.post("/privileges", privilege("kept")).expect(409);
        api.put("/privileges/kept", created.toString()).expect(200);
        api.put("/privileges/kept", privilege("other")).expect(400);
        api.put("/privileges/none", privilege("none")).expect(404);
        api.get("/privileges/none").expect(404);
        api.post("/privileges/none/confirm", "").expect(404);
        api.post("/privileges", privilege("apart", "'realmRoles':['dba']", ",'incompatibleWith':['kept']"))
                .expect(201);
        assertThat(api.delete("/privileges/kept").expect(409).text()).contains("apart");
        api.delete("/privileges/apart").expect(204);
        api.delete("/privileges/kept").expect(204);
        api.delete("/privileges/kept").expect(404);
        assertThat(guarded.audited("config.deleted"))
                .anySatisfy(entry ->
                        assertThat(entry.path("subject").path("id").asText()).isEqualTo("kept"));
    }

    @Test
    void whoManagesNothingSeesNothing() {
        var stranger = robot("stranger");

        guarded.realm().api().anonymously().get("/privileges").expect(401);
        stranger.get("/privileges").expect(403);
        stranger.post("/privileges", privilege("x")).expect(403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'realmRoles':['gone'] | | grants.realmRoles[0]",
                "'clientRoles':{'gone':['db-admin']} | | grants.clientRoles.gone",
                "'clientRoles':{'ledger-api':['db-admin','gone']} | | grants.clientRoles.ledger-api[1]",
                "'realmRoles':['dba'] | ,'incompatibleWith':['gone'] | incompatibleWith[0]",
                "'realmRoles':['dba'] | ,'approval':{'count':1,'approvers':{'groups':['/gone']}} | approval.approvers.groups[0]",
                "'realmRoles':['dba'] | ,'approval':{'count':1,'approvers':{'users':['gone']}} | approval.approvers.users[0]",
                "'realmRoles':['dba'] | ,'approval':{'count':1,'approvers':{'roles':['gone']}} | approval.approvers.roles[0]",
                "'realmRoles':['dba'] | ,'approval':{'count':1,'approvers':{'users':['ann']},'atLeast':{'/gone':1}} | approval.atLeast./gone",
                "'realmRoles':['dba'] | ,'approval':{'count':1,'approvers':{'users':['ann']},'approverAcr':'platinum'} | approval.approverAcr",
                "'realmRoles':['dba'] | ,'endSession':true | endSession",
                "'clientRoles':{'realm-management':['view-users']} | | grants.clientRoles.realm-management[0]",
                "'clientRoles':{'sallyport':['view']} | | grants.clientRoles.sallyport[0]",
                "'realmRoles':['dba','deputy'] | | grants.realmRoles[1]",
                "'groups':['/dba'] | | grants.groups"
            })
    void faultIsRefusedWithItsPathThroughEitherApi(String grants, String more, String path) {
        deputy();
        var document = privilege("faulty", grants, more == null ? "" : more);

        assertThat(as("ann")
                        .post("/privileges", document)
                        .expect(400)
                        .json()
                        .path("path")
                        .asText())
                .isEqualTo(path);
        assertThat(keycloakAs("ann")
                        .post("/components", component("faulty", document, Map.of()))
                        .expect(400)
                        .text())
                .contains(path);
    }

    /** A role that administers by a role that it contains, which in turn contains one. */
    private static void deputy() {
        var roles = guarded.realm().admin().roles();
        if (roles.list().stream().anyMatch(role -> role.getName().equals("deputy"))) return;
        var clients = guarded.realm().admin().clients();
        var management = clients.findByClientId(MANAGER).get(0).getId();
        for (var name : List.of("deputy", "inner")) {
            roles.create(new RoleRepresentation(name, "", false));
        }
        roles.get("inner")
                .addComposites(List.of(
                        clients.get(management).roles().get("view-users").toRepresentation()));
        roles.get("deputy").addComposites(List.of(roles.get("inner").toRepresentation()));
    }

    @Test
    void whoCannotGrantWhatAdministersSavesNoPrivilegeThatAssignsIt() {
        var all = assigned("'clientRoles':{'realm-management':['realm-admin']}");
        var contained = assigned("'realmRoles':['regent']");
        var group = assigned("'groups':['/chiefs']");
        var admin = guarded.realm().admin();
        var chiefs = new GroupRepresentation();
        chiefs.setName("chiefs");
        admin.groups().add(chiefs).close();
        var management = admin.clients().findByClientId(MANAGER).get(0).getId();
        var realmAdmin = List.of(
                admin.clients().get(management).roles().get("realm-admin").toRepresentation());
        admin.roles().create(new RoleRepresentation("regent", "", false));
        admin.roles().get("regent").addComposites(realmAdmin);
        admin.groups()
                .group(admin.getGroupByPath("/chiefs").getId())
                .roles()
                .clientLevel(management)
                .add(List.of(admin.clients()
                        .get(management)
                        .roles()
                        .get("realm-admin")
                        .toRepresentation()));

        for (var document : List.of(all, contained, group)) {
            as("ann").post("/privileges", document).expect(403);
            keycloakAs("ann")
                    .post("/components", component("assigned", document, Map.of()))
                    .expect(403);
        }

        guarded.realm().api().post("/privileges", all).expect(201);
        as("ann").put("/privileges/assigned", all).expect(403);
        guarded.realm().api().delete("/privileges/assigned").expect(204);
    }

    private static String assigned(String grants) {
        return privilege("assigned", grants, "").replace("\"token\"", "\"assignment\"");
    }

    @Test
    void attributeThatUsersEditMakesNobodyEligible() {
        var document = privilege("edited", "'realmRoles':['dba']", "")
                .replace(
                        "{\"groups\":[\"/dba\"]}",
                        "{\"expression\":\"user.attributes['locale'].exists(l, l == 'de')\"}");

        assertThat(as("ann")
                        .post("/privileges", document)
                        .expect(400)
                        .json()
                        .path("path")
                        .asText())
                .isEqualTo("eligible.expression");
    }

    @Test
    void whoCannotGrantARoleSavesNoPrivilegeThatGrantsIt() {
        as("ann").post("/privileges", privilege("guarded")).expect(201);
        var id = stored("guarded").getId();

        as("carol").post("/privileges", privilege("own")).expect(403);
        as("carol").put("/privileges/guarded", privilege("guarded")).expect(403);
        keycloakAs("carol")
                .post("/components", component("own", privilege("own"), Map.of()))
                .expect(403);
        keycloakAs("carol")
                .put("/components/" + id, component("guarded", privilege("guarded"), Map.of()))
                .expect(403);
        as("carol").delete("/privileges/guarded").expect(204);
        as("carol").post("/privileges", privilege("guarded")).expect(403);

        assertThat(guarded.realm().api().get("/privileges").json().findValuesAsText("name"))
                .doesNotContain("own", "guarded");
        as("ann").post("/privileges", privilege("allowed")).expect(201);
        keycloakAs("ann")
                .post("/components", component("allowed-too", privilege("allowed-too"), Map.of()))
                .expect(201);
    }

    @Test
    void whoEditedLastIsAnEditorUntilAnotherManagerConfirms() {
        as("ann").post("/privileges", privilege("confirmed")).expect(201);
        assertThat(editors("confirmed")).containsExactly("ann");

        as("ann").post("/privileges/confirmed/confirm", "").expect(403);
        assertThat(editors("confirmed")).containsExactly("ann");
        as("bob").post("/privileges/confirmed/confirm", "").expect(200);

        assertThat(editors("confirmed")).isEmpty();
        assertThat(guarded.audited("config.confirmed")).anySatisfy(entry -> {
            assertThat(entry.path("actor").path("name").asText()).isEqualTo("bob");
            assertThat(entry.path("subject").path("id").asText()).isEqualTo("confirmed");
        });
        as("bob").put("/privileges/confirmed", privilege("confirmed")).expect(200);
        assertThat(editors("confirmed")).containsExactly("bob");
    }

    @Test
    void keycloaksOwnApiMakesAnEditorToo() {
        keycloakAs("ann")
                .post("/components", component("bare", privilege("bare"), Map.of()))
                .expect(201);
        assertThat(editors("bare")).containsExactly("ann");
        as("bob").post("/privileges/bare/confirm", "").expect(200);

        keycloakAs("ann")
                .put("/components/" + stored("bare").getId(), component("bare", privilege("bare"), Map.of()))
                .expect(204);

        assertThat(editors("bare")).containsExactly("ann");
    }

    @Test
    void editorsAreNotForTheEditorToSay() {
        var bob = "[\"" + guarded.realm().userId("bob") + "\"]";

        keycloakAs("ann")
                .post("/components", component("forged", privilege("forged"), Map.of("editors", bob)))
                .expect(201);
        assertThat(editors("forged")).containsExactly("ann");
        keycloakAs("ann")
                .put(
                        "/components/" + stored("forged").getId(),
                        component("forged", privilege("forged"), Map.of("editors", bob)))
                .expect(204);
        assertThat(editors("forged")).containsExactly("ann");
        keycloakAs("ann")
                .put(
                        "/components/" + stored("forged").getId(),
                        component("forged", privilege("forged"), Map.of("editors", "")))
                .expect(204);
        assertThat(editors("forged")).containsExactly("ann");
        assertThat(stored("forged").getConfig()).doesNotContainKey("editors");
    }

    @Test
    void accountOfAnApplicationHidesNoEditorAndConfirmsNothing() {
        as("ann").post("/privileges", privilege("hidden")).expect(201);

        robot("robot").put("/privileges/hidden", privilege("hidden")).expect(200);
        assertThat(editors("hidden")).containsExactly("ann", "service-account-robot");

        as("bob").post("/privileges/hidden/confirm", "").expect(200);
        assertThat(editors("hidden")).containsExactly("bob");
        as("carol").post("/privileges/hidden/confirm", "").expect(200);
        assertThat(editors("hidden")).isEmpty();
        as("ann").put("/privileges/hidden", privilege("hidden")).expect(200);
        robot("robot").post("/privileges/hidden/confirm", "").expect(403);
        assertThat(editors("hidden")).containsExactly("ann");
    }

    @Test
    void whoEditsInTheNameOfSomebodyElseIsAnEditor() {
        as("ann").post("/privileges", privilege("borrowed")).expect(201);
        as("bob").post("/privileges/borrowed/confirm", "").expect(200);
        var admin = guarded.realm().admin();
        var management = admin.clients().findByClientId(MANAGER).get(0).getId();
        admin.users()
                .get(guarded.realm().userId("ann"))
                .roles()
                .clientLevel(management)
                .add(List.of(admin.clients()
                        .get(management)
                        .roles()
                        .get("impersonation")
                        .toRepresentation()));
        var browser = guarded.realm().oidc("desk");
        browser.impersonate(guarded.realm().userId("bob"), token("ann"));
        var token = browser.exchange(browser.authorize()).accessToken();

        guarded.realm()
                .api()
                .as(token)
                .put("/privileges/borrowed", privilege("borrowed"))
                .expect(200);

        assertThat(editors("borrowed")).containsExactly("ann", "bob");
        assertThat(guarded.realm()
                        .api()
                        .get("/privileges/borrowed/confirm")
                        .json()
                        .path("anybody")
                        .asBoolean())
                .isTrue();
        as("ann").post("/privileges/borrowed/confirm", "").expect(403);
    }

    @Test
    void editorIsNotForgottenWhereAPrivilegeIsDeletedAndWrittenAnew() {
        as("ann").post("/privileges", privilege("anew")).expect(201);
        as("ann").delete("/privileges/anew").expect(204);

        as("bob").post("/privileges", privilege("anew")).expect(201);
        assertThat(editors("anew")).containsExactly("ann", "bob");
        as("carol").post("/privileges/anew/confirm", "").expect(200);
        as("carol").delete("/privileges/anew").expect(204);
        as("bob").post("/privileges", privilege("anew")).expect(201);

        assertThat(editors("anew")).containsExactly("bob");
    }

    @Test
    void whatIsConfirmedIsWhatWasRead() {
        as("ann").post("/privileges", privilege("tagged")).expect(201);
        var read = as("bob").get("/privileges/tagged").header("ETag").replace("\"", "");
        as("ann")
                .put("/privileges/tagged", privilege("tagged", "'realmRoles':['dba']", ""))
                .expect(200);

        as("bob")
                .post("/privileges/tagged/confirm", "{\"document\":\"" + read + "\"}")
                .expect(409);
        assertThat(editors("tagged")).containsExactly("ann");
        var now = as("bob").get("/privileges/tagged").header("ETag").replace("\"", "");
        as("bob")
                .post("/privileges/tagged/confirm", "{\"document\":\"" + now + "\"}")
                .expect(200);

        assertThat(editors("tagged")).isEmpty();
    }

    @Test
    void whoEditsWhileSomebodyConfirmsStaysAnEditor() throws Exception {
        var administrator = guarded.realm().api();
        var ann = as("ann");
        var bob = as("bob");
        ann.post("/privileges", privilege("raced")).expect(201);
        var threads = Executors.newFixedThreadPool(3);
        for (int round = 0; round < 5; round++) {
            administrator.post("/privileges/raced/confirm", "").expect(200);
            ann.put("/privileges/raced", privilege("raced")).expect(200);
            var read = administrator.get("/privileges/raced").header("ETag").replace("\"", "");
            var start = new CyclicBarrier(3);
            var byAnn = threads.submit(() -> {
                start.await();
                return ann.put("/privileges/raced", privilege("raced", "'realmRoles':['dba']", ""))
                        .status();
            });
            var byBob = threads.submit(() -> {
                start.await();
                return bob.put("/privileges/raced", privilege("raced", "'realmRoles':['clerk']", ""))
                        .status();
            });
            var confirmed = threads.submit(() -> {
                start.await();
                return administrator
                        .post("/privileges/raced/confirm", "{\"document\":\"" + read + "\"}")
                        .status();
            });

            assertThat(confirmed.get()).isIn(200, 409);
            if (byAnn.get() == 200) assertThat(editors("raced")).contains("ann");
            if (byBob.get() == 200) assertThat(editors("raced")).contains("bob");
            assertThat(List.of(byAnn.get(), byBob.get())).isSubsetOf(200, 409);
        }
        threads.shutdownNow();
    }

    @Test
    void namesThatUsersChooseAreNotNamed() {
        var named = privilege("chosen").replace("{\"groups\":[\"/dba\"]}", "{\"users\":[\"ann\"]}");
        as("ann").post("/privileges", named).expect(201);

        guarded.change(realm -> realm.setEditUsernameAllowed(true));
        try {
            assertThat(as("ann")
                            .put("/privileges/chosen", named)
                            .expect(400)
                            .json()
                            .path("path")
                            .asText())
                    .isEqualTo("eligible.users");
        } finally {
            guarded.change(realm -> realm.setEditUsernameAllowed(false));
        }
    }

    @Test
    void nobodyConfirmsInTheNameOfSomebodyElse() {
        as("ann").post("/privileges", privilege("vouched")).expect(201);
        var browser = guarded.realm().oidc("desk");
        var administrator = guarded.realm().server().admin().tokenManager().getAccessTokenString();
        browser.impersonate(guarded.realm().userId("bob"), administrator);
        var token = browser.exchange(browser.authorize()).accessToken();

        guarded.realm().api().as(token).post("/privileges/vouched/confirm", "").expect(403);

        assertThat(editors("vouched")).containsExactly("ann");
    }

    @Test
    void rightToGrantARoleIsNoneToGrantWhatItContains(KeycloakServer server) {
        var fine = GuardedRealm.on(server, r -> r.role("mapped")
                .role("outer")
                .role("contained")
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).clientRoles(MANAGER, "manage-realm"))
                .client("desk", c -> c.publicClient().directGrants()));
        fine.change(realm -> realm.setAdminPermissionsEnabled(true));
        var roles = fine.realm().admin().roles();
        roles.get("outer").addComposites(List.of(roles.get("contained").toRepresentation()));
        letMap(fine, "carol", "mapped", "outer");
        var carol = fine.realm()
                .api()
                .as(fine.realm()
                        .oidc("desk")
                        .passwordGrant("carol", GuardedRealm.PASSWORD)
                        .accessToken());
        var finance = "{\"groups\":[\"/finance\"]}";

        carol.post(
                        "/privileges",
                        privilege("mapped", "'realmRoles':['mapped']", "").replace("{\"groups\":[\"/dba\"]}", finance))
                .expect(201);
        carol.post(
                        "/privileges",
                        privilege("outer", "'realmRoles':['outer']", "").replace("{\"groups\":[\"/dba\"]}", finance))
                .expect(403);
        letMap(fine, "carol", "contained");
        carol.post(
                        "/privileges",
                        privilege("outer", "'realmRoles':['outer']", "").replace("{\"groups\":[\"/dba\"]}", finance))
                .expect(201);
    }

    /** Gives a user the right to map these roles and no others, by a fine-grained permission. */
    private static void letMap(GuardedRealm in, String user, String... roleNames) {
        var admin = in.realm().admin();
        var permissions = admin.clients()
                .get(admin.clients().findByClientId("admin-permissions").get(0).getId())
                .authorization();
        var name = String.join(" ", roleNames);
        var policy = new UserPolicyRepresentation();
        policy.setName("of " + name);
        policy.addUser(in.realm().userId(user));
        permissions.policies().user().create(policy).close();
        var permission = new ScopePermissionRepresentation();
        permission.setName("map " + name);
        permission.setResourceType("Roles");
        for (var role : roleNames)
            permission.addResource(admin.roles().get(role).toRepresentation().getId());
        permission.addScope("map-role");
        permission.addPolicy(policy.getName());
        permissions.permissions().scope().create(permission).close();
    }

    @Test
    void importTakesWhatNamesNothingThatIsThereAndNobodyCanHaveIt(KeycloakServer server) {
        var component = new ComponentExportRepresentation();
        component.setName("imported");
        component.setProviderId("sallyport-privilege");
        component.setConfig(new MultivaluedHashMap<>(Map.of(
                "document",
                List.of(privilege("imported", "'realmRoles':['gone']", "")),
                "editors",
                List.of("[\"x\"]"))));
        var realm = server.realm(
                r -> r.with(representation -> representation.getComponents().put(TYPE, List.of(component))));

        var imported = realm.api().get("/privileges/imported").expect(200).json();

        assertThat(imported.path("invalid").asText()).startsWith("grants.realmRoles[0]");
        assertThat(realm.api()
                        .get("/privileges/imported/confirm")
                        .json()
                        .path("editors")
                        .findValuesAsText("id"))
                .contains("x");
    }

    @Test
    void roleThatComesToAdministerLaterIsNotHadByPrivilege() {
        as("ann")
                .post("/privileges", privilege("grown", "'realmRoles':['team']", ""))
                .expect(201);
        deputy();
        var roles = guarded.realm().admin().roles();
        roles.get("team").addComposites(List.of(roles.get("inner").toRepresentation()));

        JsonNode grown = guarded.realm().api().get("/privileges/grown").json();

        assertThat(grown.path("invalid").asText()).startsWith("grants.realmRoles[0]");
    }

    @Test
    void reportTellsByWhichWayWhoHoldsWhatForGood() {
        var admin = guarded.realm().admin();
        for (var role : List.of("vault-admin", "vault-team"))
            admin.roles().create(new RoleRepresentation(role, "", false));
        var vaultAdmin = admin.roles().get("vault-admin").toRepresentation();
        var vaultTeam = admin.roles().get("vault-team").toRepresentation();
        admin.roles().get("vault-team").addComposites(List.of(vaultAdmin));
        admin.users().get(guarded.realm().userId("bob")).roles().realmLevel().add(List.of(vaultAdmin));
        admin.users().get(guarded.realm().userId("carol")).roles().realmLevel().add(List.of(vaultTeam));
        var finance = admin.getGroupByPath("/finance").getId();
        admin.groups().group(finance).roles().realmLevel().add(List.of(vaultTeam));
        admin.users()
                .get(guarded.realm().userId("ben"))
                .joinGroup(admin.getGroupByPath("/finance/audit").getId());
        as("ann")
                .post("/privileges", privilege("vault", "'realmRoles':['vault-admin']", ""))
                .expect(201);

        var rows = guarded.realm()
                .api()
                .get("/reports/standing-privileges")
                .expect(200)
                .json()
                .path("rows");

        assertThat(rows)
                .filteredOn(row -> row.path("role").asText().equals("vault-admin"))
                .extracting(PrivilegesIT::way)
                .containsExactlyInAnyOrder(
                        "ann /finance vault-team", "ben /finance/audit vault-team", "bob  ", "carol  vault-team");
        assertThat(rows).anySatisfy(row -> {
            assertThat(way(row)).isEqualTo("carol  ");
            assertThat(row.path("role").asText()).isEqualTo("realm-management.manage-realm");
            assertThat(row.path("administers").asBoolean()).isTrue();
        });
        assertThat(guarded.realm()
                        .api()
                        .get("/reports/standing-privileges?format=csv", "text/csv")
                        .expect(200)
                        .text())
                .contains("bob,vault-admin,,,vault,false");
        assertThat(guarded.realm()
                        .api()
                        .get("/reports/standing-privileges?format=html", "text/html")
                        .expect(200)
                        .text())
                .contains("<h1>Standing privileges</h1>", "vault-admin");
        robot("stranger").get("/reports/standing-privileges").expect(403);
    }

    @Test
    void whoHoldsARoleForGoodCanBeMadeToAskForIt() {
        var admin = guarded.realm().admin();
        for (var role : List.of("duty", "duties")) admin.roles().create(new RoleRepresentation(role, "", false));
        var duty = List.of(admin.roles().get("duty").toRepresentation());
        var duties = admin.roles().get("duties");
        duties.addComposites(duty);
        var bob = admin.users().get(guarded.realm().userId("bob")).roles().realmLevel();
        var carol = admin.users().get(guarded.realm().userId("carol")).roles().realmLevel();
        var dba = admin.groups()
                .group(admin.getGroupByPath("/dba").getId())
                .roles()
                .realmLevel();
        bob.add(duty);
        carol.add(List.of(duties.toRepresentation()));
        dba.add(duty);
        as("ann")
                .post("/privileges", privilege("duty", "'realmRoles':['duty']", ""))
                .expect(201);
        var request = "{\"convert\":[\"duty\"]}";

        as("carol").post("/setup", request).expect(403);
        assertThat(bob.listAll()).extracting("name").contains("duty");
        as("ann").post("/setup", "{\"convert\":[\"gone\"]}").expect(400);
        var outcome = as("ann").post("/setup", request).expect(200).json();

        assertThat(outcome.path("converted")).hasSize(2);
        assertThat(outcome.path("remaining")).extracting(PrivilegesIT::way).containsExactly("carol  duties");
        assertThat(bob.listAll()).extracting("name").doesNotContain("duty");
        assertThat(dba.listAll()).extracting("name").doesNotContain("duty");
        var eligible = as("ann").get("/privileges/duty").json().path("eligible");
        assertThat(eligible.path("users")).extracting(JsonNode::asText).containsExactly("bob");
        assertThat(eligible.path("groups")).extracting(JsonNode::asText).containsExactly("/dba");
        assertThat(as("ann").post("/setup", request).expect(200).json().path("converted"))
                .isEmpty();
    }

    @Test
    void whatIsGivenPastAPrivilegeIsFound() {
        var admin = guarded.realm().admin();
        for (var role : List.of("watch", "watches", "other"))
            admin.roles().create(new RoleRepresentation(role, "", false));
        var watches = admin.roles().get("watches");
        watches.addComposites(List.of(admin.roles().get("watch").toRepresentation()));
        as("ann")
                .post(
                        "/privileges",
                        privilege(
                                "watch",
                                "'realmRoles':['watch']",
                                ",'approval':{'count':1,'approvers':{'groups':['/finance']}}"))
                .expect(201);
        var carol = admin.users().get(guarded.realm().userId("carol"));
        var api = guarded.realm().api();

        carol.roles()
                .realmLevel()
                .add(List.of(
                        watches.toRepresentation(), admin.roles().get("other").toRepresentation()));
        carol.joinGroup(admin.getGroupByPath("/finance/audit").getId());

        var found = api.get("/findings?open=true").expect(200).json();
        assertThat(found)
                .filteredOn(finding ->
                        finding.path("user").asText().equals(guarded.realm().userId("carol")))
                .extracting(finding -> finding.path("details"))
                .anySatisfy(details -> {
                    assertThat(details.path("role").asText()).isEqualTo("watches");
                    assertThat(details.path("privileges").toString()).contains("watch");
                })
                .anySatisfy(
                        details -> assertThat(details.path("group").asText()).isEqualTo("/finance/audit"))
                .noneSatisfy(
                        details -> assertThat(details.path("role").asText()).isEqualTo("other"));
        assertThat(guarded.audited("finding.raised")).isNotEmpty();
        var id = found.path(0).path("id").asText();
        robot("stranger").get("/findings").expect(403);
        as("ann")
                .post("/findings/" + id + "/resolve", "{\"comment\":\"agreed\"}")
                .expect(200);
        as("ann").post("/findings/" + id + "/resolve", "{}").expect(409);
        as("ann").post("/findings/x/resolve", "{}").expect(404);
        assertThat(api.get("/findings?open=true").json().findValuesAsText("id")).doesNotContain(id);
    }

    private static String way(JsonNode row) {
        return row.path("user").asText() + " " + row.path("group").asText() + " "
                + row.path("composite").asText();
    }

    @Test
    void privilegeCanBeLocked() {
        as("ann").post("/privileges", privilege("locked")).expect(201);

        var lock = guarded.lock("{\"privilege\":\"locked\",\"reason\":\"under review\"}");

        assertThat(guarded.realm().api().get("/locks").json().findValuesAsText("privilege"))
                .contains("locked");
        guarded.lift(lock);
    }
}
