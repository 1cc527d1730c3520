package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.it.harness.ClientBuilder;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import dev.sallyport.it.harness.TokenResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** People whom another system manages, over Keycloak's SCIM interface (RFC 7644). */
@SallyportTest(buildOptions = "--features=scim-api")
class ScimIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String SECRET = "a-client-secret";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .clientRole("ledger", "reader")
                .role("keeper")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("carol", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("dan", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .client("console", ClientBuilder::publicClient)
                .client("directory", c -> c.serviceAccount(SECRET)
                        .serviceAccountRoles("realm-management", "manage-users", "view-users", "query-groups"))
                .with(realm -> {
                    var attributes = new HashMap<>(realm.getAttributes());
                    attributes.put("scimApiEnabled", "true");
                    realm.setAttributes(attributes);
                }));
        var audience = new ProtocolMapperRepresentation();
        audience.setName("scim");
        audience.setProtocol("openid-connect");
        audience.setProtocolMapper("oidc-audience-mapper");
        audience.setConfig(Map.of(
                "included.custom.audience", guarded.realm().issuer() + "/scim/v2", "access.token.claim", "true"));
        guarded.realm()
                .admin()
                .clients()
                .get(Person.idOf(guarded, "directory"))
                .getProtocolMappers()
                .createMapper(audience)
                .close();
        Person.mayAskFrom(guarded, "console");
        privilege("reader", "token", "\"clientRoles\":{\"ledger\":[\"reader\"]}");
        privilege("keeping", "assignment", "\"realmRoles\":[\"keeper\"]");
    }

    private static void privilege(String name, String mode, String grants) {
        guarded.realm()
                .api()
                .post("/privileges", """
                        {"name":"%1$s","displayName":"%1$s","mode":"%2$s","grants":{%3$s},
                         "eligible":{"groups":["/dba"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""".formatted(name, mode, grants))
                .expect(201);
    }

    private static RestApi scim() {
        var token = guarded.realm()
                .oidc("directory")
                .secret(SECRET)
                .clientCredentials()
                .accessToken();
        return guarded.realm().server().api("/realms/" + guarded.realm().name() + "/scim/v2", token);
    }

    private static TokenResponse elevated(String user) {
        var person = Person.loggedIn(guarded, user, Optional.empty());
        person.elevated("reader");
        var tokens = person.at("ledger");
        assertThat(guarded.active(tokens.accessToken())).isTrue();
        return tokens;
    }

    private static void awaitEnd(String user) {
        await().atMost(SOON).untilAsserted(() -> assertThat(guarded.realm()
                        .api()
                        .get("/elevations?privilege=reader&status=ended&max=1000")
                        .expect(200)
                        .json()
                        .findValuesAsText("requester"))
                .contains(user));
    }

    @Test
    void whoIsMadeInactiveLosesItAtOnce() {
        var tokens = elevated("bob");
        var path = "/Users/" + guarded.realm().userId("bob");
        var user = (ObjectNode)
                scim().get(path, "application/scim+json").expect(200).json();

        scim().put(path, user.put("active", false).toString()).expect(200);

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        awaitEnd("bob");
    }

    @Test
    void whoIsDeletedHasNothing() {
        var tokens = elevated("dan");
        var id = guarded.realm().userId("dan");

        scim().delete("/Users/" + id).expect(204);

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        await().atMost(SOON).untilAsserted(() -> assertThat(guarded.audited("elevation.ended"))
                .anySatisfy(entry -> assertThat(entry.toString()).contains(id)));
    }

    @Test
    void whoIsTakenOutOfTheGroupLosesWhatIsInTokensAndWhatIsMapped() {
        var carol = Person.loggedIn(guarded, "carol", Optional.empty());
        carol.elevated("reader");
        carol.elevated("keeping");
        var tokens = carol.at("ledger");
        assertThat(roles(tokens)).contains("reader", "keeper");
        assertThat(mapped("carol")).contains("keeper");

        scim().patch("/Groups/" + group("dba"), """
                        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                         "Operations":[{"op":"remove","path":"members[value eq \\"%s\\"]"}]}""".formatted(guarded.realm().userId("carol")))
                .expect(200);

        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertThat(roles(carol.app("ledger").refresh(tokens.refreshToken()))).doesNotContain("reader", "keeper");
        await().atMost(SOON).untilAsserted(() -> assertThat(mapped("carol")).doesNotContain("keeper"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(endings("carol")).containsExactly("eligibility", "eligibility"));
    }

    private static String group(String name) {
        return guarded.realm()
                .admin()
                .groups()
                .groups(name, true, 0, 1, true)
                .get(0)
                .getId();
    }

    private static String roles(TokenResponse tokens) {
        return tokens.claims().at("/realm_access/roles").toString()
                + tokens.claims().at("/resource_access/ledger/roles");
    }

    private static List<String> mapped(String user) {
        return guarded.realm().admin().users().get(guarded.realm().userId(user)).roles().realmLevel().listAll().stream()
                .map(RoleRepresentation::getName)
                .toList();
    }

    private static List<String> endings(String user) {
        return guarded.realm()
                .api()
                .get("/elevations?user=" + user)
                .expect(200)
                .json()
                .findValuesAsText("endedBy");
    }
}
