package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldif.LDIFException;
import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** People and groups that are kept in a directory outside (LDAP), of whose changes Keycloak hears when it synchronises. */
@SallyportTest(postgres = true)
class DirectoryIT {

    private static final String BASE = "dc=example,dc=com";
    private static final String GROUP = "cn=directory-dba,ou=groups," + BASE;
    private static final String ROLE = "cn=warden,ou=roles," + BASE;

    /** What docs/elevation-effects.md says of changes that nobody tells of, and some time for a slow machine. */
    private static final Duration STATED = Duration.ofMinutes(1);

    private static GuardedRealm guarded;
    private static InMemoryDirectoryServer directory;
    private static String ldap;

    @BeforeAll
    static void makeRealm(KeycloakServer server) throws Exception {
        directory = directory();
        guarded = GuardedRealm.on(server, r -> r.clientRole("ledger", "reader")
                .role("keeper")
                .role("warden")
                .client("console", ClientBuilder::publicClient));
        Person.mayAskFrom(guarded, "console");
        ldap = federated();
        privilege("reader", "token", "\"clientRoles\":{\"ledger\":[\"reader\"]}");
        privilege("keeping", "assignment", "\"realmRoles\":[\"keeper\"]");
        privilege("guarding", "token", "\"realmRoles\":[\"warden\"]");
    }

    @AfterAll
    static void stopDirectory() {
        directory.shutDown(true);
    }

    private static InMemoryDirectoryServer directory() throws LDAPException, LDIFException {
        var config = new InMemoryDirectoryServerConfig(BASE);
        config.setSchema(null);
        config.addAdditionalBindCredentials("cn=admin", "secret");
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("local", InetAddress.getLoopbackAddress(), 0, null));
        var server = new InMemoryDirectoryServer(config);
        server.add("dn: " + BASE, "objectClass: top", "objectClass: domain", "dc: example");
        for (var unit : List.of("people", "groups", "roles")) {
            server.add("dn: ou=" + unit + "," + BASE, "objectClass: organizationalUnit", "ou: " + unit);
        }
        for (var user : List.of("lea", "tom", "uta", "vic", "wim")) {
            server.add(
                    "dn: uid=" + user + ",ou=people," + BASE,
                    "objectClass: inetOrgPerson",
                    "objectClass: organizationalPerson",
                    "uid: " + user,
                    "cn: " + user,
                    "sn: Example",
                    "mail: " + user + "@example.com",
                    "userPassword: " + GuardedRealm.PASSWORD);
        }
        server.add(
                "dn: " + GROUP,
                "objectClass: groupOfNames",
                "cn: directory-dba",
                "member: " + dn("lea"),
                "member: " + dn("tom"),
                "member: " + dn("uta"));
        server.add("dn: " + ROLE, "objectClass: groupOfNames", "cn: warden", "member: " + dn("wim"));
        server.startListening();
        return server;
    }

    private static String dn(String user) {
        return "uid=" + user + ",ou=people," + BASE;
    }

    private static String federated() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("enabled", "true");
        settings.put("vendor", "other");
        settings.put("editMode", "READ_ONLY");
        settings.put("importEnabled", "true");
        settings.put("connectionUrl", "ldap://localhost:" + directory.getListenPort());
        settings.put("authType", "simple");
        settings.put("bindDn", "cn=admin");
        settings.put("bindCredential", "secret");
        settings.put("usersDn", "ou=people," + BASE);
        settings.put("usernameLDAPAttribute", "uid");
        settings.put("rdnLDAPAttribute", "uid");
        settings.put("uuidLDAPAttribute", "entryUUID");
        settings.put("userObjectClasses", "inetOrgPerson, organizationalPerson");
        settings.put("searchScope", "1");
        settings.put("pagination", "false");
        var realm = guarded.realm().admin().toRepresentation().getId();
        var id = created(component("directory", "ldap", "org.keycloak.storage.UserStorageProvider", realm, settings));
        var groups = created(component(
                "groups",
                "group-ldap-mapper",
                "org.keycloak.storage.ldap.mappers.LDAPStorageMapper",
                id,
                Map.of(
                        "groups.dn", "ou=groups," + BASE,
                        "group.name.ldap.attribute", "cn",
                        "group.object.classes", "groupOfNames",
                        "preserve.group.inheritance", "false",
                        "membership.ldap.attribute", "member",
                        "membership.attribute.type", "DN",
                        "mode", "READ_ONLY",
                        "user.roles.retrieve.strategy", "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE")));
        created(component(
                "roles",
                "role-ldap-mapper",
                "org.keycloak.storage.ldap.mappers.LDAPStorageMapper",
                id,
                Map.of(
                        "roles.dn", "ou=roles," + BASE,
                        "role.name.ldap.attribute", "cn",
                        "role.object.classes", "groupOfNames",
                        "membership.ldap.attribute", "member",
                        "membership.attribute.type", "DN",
                        "mode", "READ_ONLY",
                        "user.roles.retrieve.strategy", "LOAD_ROLES_BY_MEMBER_ATTRIBUTE",
                        "use.realm.roles.mapping", "true")));
        guarded.realm().admin().userStorage().syncMapperData(id, groups, "fedToKeycloak");
        guarded.realm().admin().userStorage().syncUsers(id, "triggerFullSync");
        return id;
    }

    private static ComponentRepresentation component(
            String name, String provider, String type, String parent, Map<String, String> settings) {
        var component = new ComponentRepresentation();
        component.setName(name);
        component.setProviderId(provider);
        component.setProviderType(type);
        component.setParentId(parent);
        var config = new MultivaluedHashMap<String, String>();
        settings.forEach(config::putSingle);
        component.setConfig(config);
        return component;
    }

    private static String created(ComponentRepresentation component) {
        try (var response = guarded.realm().admin().components().add(component)) {
            assertThat(response.getStatus()).isEqualTo(201);
            return response.getLocation().getPath().replaceFirst(".*/", "");
        }
    }

    private static void privilege(String name, String mode, String grants) {
        guarded.realm()
                .api()
                .post("/privileges", """
                        {"name":"%1$s","displayName":"%1$s","mode":"%2$s","grants":{%3$s},
                         "eligible":{"groups":["/directory-dba"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""".formatted(name, mode, grants))
                .expect(201);
    }

    private static void leave(String user) throws LDAPException {
        directory.modify(GROUP, new Modification(ModificationType.DELETE, "member", dn(user)));
        guarded.realm().admin().userStorage().syncUsers(ldap, "triggerFullSync");
    }

    private static String endedBy(String user) {
        return guarded.realm()
                .api()
                .get("/elevations?user=" + user)
                .expect(200)
                .json()
                .path(0)
                .path("endedBy")
                .asText();
    }

    @Test
    void whoLeavesTheGroupInTheDirectoryHasItInNoTokenOnceThatIsSynchronised() throws Exception {
        var lea = Person.loggedIn(guarded, "lea", Optional.empty());
        lea.elevated("reader");
        var tokens = lea.at("ledger");
        assertThat(tokens.claims().at("/resource_access/ledger/roles").toString())
                .contains("reader");
        assertThat(guarded.active(tokens.accessToken())).isTrue();

        leave("lea");

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(lea.app("ledger")
                        .refresh(tokens.refreshToken())
                        .claims()
                        .at("/resource_access/ledger/roles")
                        .toString())
                .doesNotContain("reader");
        await().atMost(STATED).untilAsserted(() -> assertThat(endedBy("lea")).isEqualTo("eligibility"));
    }

    @Test
    void whatIsMappedGoesWithTheGroupInTheDirectoryThoughNobodyAsks() throws Exception {
        var tom = Person.loggedIn(guarded, "tom", Optional.empty());
        tom.elevated("keeping");
        assertThat(roles("tom")).contains("keeper");

        leave("tom");

        await().atMost(STATED).untilAsserted(() -> assertThat(roles("tom")).doesNotContain("keeper"));
        assertThat(endedBy("tom")).isEqualTo("eligibility");
    }

    @Test
    void whoIsRemovedFromTheDirectoryHasNothing() throws Exception {
        var uta = Person.loggedIn(guarded, "uta", Optional.empty());
        uta.elevated("reader");
        var tokens = uta.at("ledger");

        directory.delete(dn("uta"));
        guarded.realm().admin().userStorage().syncUsers(ldap, "triggerFullSync");

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(uta.app("ledger").refresh(tokens.refreshToken()).status()).isEqualTo(400);
    }

    @Test
    void whatTheDirectoryGivesPastThePrivilegesIsFoundOnce() throws Exception {
        var warden =
                guarded.realm().admin().roles().get("warden").toRepresentation().getId();
        var group = guarded.realm().admin().getGroupByPath("/directory-dba").getId();
        await().atMost(STATED).until(() -> known(warden, guarded.realm().userId("wim")) && known(group, "-"));

        directory.modify(ROLE, new Modification(ModificationType.ADD, "member", dn("vic")));
        directory.modify(GROUP, new Modification(ModificationType.ADD, "member", dn("vic")));
        guarded.realm().admin().userStorage().syncUsers(ldap, "triggerFullSync");

        await().atMost(STATED)
                .untilAsserted(() -> assertThat(found("vic")).containsExactlyInAnyOrder("role-given", "group-joined"));
        assertThat(found("wim")).isEmpty();
        assertThat(found("lea")).isEmpty();
        directory.modify(ROLE, new Modification(ModificationType.DELETE, "member", dn("vic")));
        await().atMost(STATED).until(() -> !known(warden, guarded.realm().userId("vic")));
        assertThat(found("vic")).containsExactlyInAnyOrder("role-given", "group-joined");
    }

    private static List<String> found(String user) {
        var id = guarded.realm().userId(user);
        var findings = guarded.realm()
                .api()
                .get("/findings?open=true&max=1000")
                .expect(200)
                .json();
        return StreamSupport.stream(findings.spliterator(), false)
                .filter(finding -> finding.path("user").asText().equals(id))
                .map(finding -> finding.path("kind").asText())
                .toList();
    }

    /** Whether the last look has seen that; {@code -} is nobody, and there once anybody has looked. */
    private static boolean known(String target, String userId) throws SQLException {
        try (var connection = guarded.realm().server().jdbc();
                var query = connection.prepareStatement(
                        "select count(*) from SP_DIRECTORY_GRANT where TARGET_ID = ? and USER_ID = ?")) {
            query.setString(1, target);
            query.setString(2, userId);
            try (var rows = query.executeQuery()) {
                return rows.next() && rows.getInt(1) == 1;
            }
        }
    }

    private static List<String> roles(String user) {
        return guarded.realm().admin().users().get(guarded.realm().userId(user)).roles().realmLevel().listAll().stream()
                .map(RoleRepresentation::getName)
                .toList();
    }
}
