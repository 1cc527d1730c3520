package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentExportRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.userprofile.config.UPAttributePermissions;

/** Conditions that are expressions, in a realm whose users edit their nickname and whose administrators edit the cost centre. */
@SallyportTest
class ExpressionIT {

    private static final String PROFILE = """
            {"attributes":[%s]}""".formatted(String.join(
            ",",
            attribute("username", "\"admin\",\"user\""),
            attribute("email", "\"admin\",\"user\""),
            attribute("firstName", "\"admin\",\"user\""),
            attribute("lastName", "\"admin\",\"user\""),
            attribute("nickname", "\"admin\",\"user\""),
            attribute("costCenter", "\"admin\"")));

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.with(
                        realm -> realm.getComponents().add("org.keycloak.userprofile.UserProfileProvider", profile()))
                .user("eve", u -> u.password(GuardedRealm.PASSWORD)
                        .attribute("costCenter", "4711")
                        .attribute("nickname", "evie")));
    }

    private static ComponentExportRepresentation profile() {
        var component = new ComponentExportRepresentation();
        component.setProviderId("declarative-user-profile");
        component.setConfig(new MultivaluedHashMap<>(Map.of("kc.user.profile.config", List.of(PROFILE))));
        return component;
    }

    private static String attribute(String name, String editors) {
        return """
                {"name":"%s","permissions":{"view":["admin","user"],"edit":[%s]}}""".formatted(name, editors);
    }

    @AfterEach
    void removePolicies() {
        for (var policy : guarded.realm().api().get("/access-policies").json()) {
            guarded.realm()
                    .api()
                    .delete("/access-policies/" + policy.path("name").asText());
        }
    }

    @Test
    void expressionIsAskedAtLoginAndAtRefresh() {
        blockWhen("posture.attributes.patchRing != 'beta'");
        var device = guarded.healthyDevice("ring");
        guarded.posture("ring", "\"attributes\":{\"patchRing\":\"beta\"}");
        var ledger = guarded.ledger().certificate(device);

        var tokens = ledger.tokens("ann", GuardedRealm.PASSWORD);
        assertThat(ledger.refresh(tokens.refreshToken()).status()).isEqualTo(200);

        guarded.posture("ring", "\"attributes\":{\"patchRing\":\"stable\"}");
        assertThat(ledger.refresh(tokens.refreshToken()).status()).isEqualTo(400);
        assertThat(guarded.active(tokens.accessToken())).isFalse();
        assertRefused(guarded.ledger().certificate(device).login("ann", GuardedRealm.PASSWORD));
    }

    @Test
    void whatCannotBeToldMakesThePolicyApply() {
        blockWhen("posture.attributes.patchRing != 'beta'");
        guarded.healthyDevice("silent");

        assertRefused(guarded.ledger().login("ann", GuardedRealm.PASSWORD));
        assertRefused(guarded.ledger()
                .certificate(guarded.realm().server().pki().device("silent"))
                .login("ann", GuardedRealm.PASSWORD));
    }

    @Test
    void whatFailsMakesThePolicyApply() {
        blockWhen("timestamp(user.id) < time");

        assertRefused(guarded.ledger().login("ann", GuardedRealm.PASSWORD));
    }

    @Test
    void usersAreToldApartByWhatTheyAre() {
        blockWhen("'costCenter' in user.attributes && '4711' in user.attributes.costCenter"
                + " && client.id == 'ledger' && time - session.authenticatedAt < duration('12h')"
                + " && !('/finance' in user.groups) && !('clerk' in user.roles) && user.username.matches('^e')");

        assertRefused(guarded.ledger().login("eve", GuardedRealm.PASSWORD));
        assertThat(guarded.ledger().login("ann", GuardedRealm.PASSWORD).code()).isNotEmpty();
    }

    @Test
    void previewNamesTheExpression() {
        blockWhen("user.username == 'eve'");

        var ann = evaluate("ann");
        var eve = evaluate("eve");

        assertThat(ann.path("result").asText()).isEqualTo("not-applied");
        assertThat(ann.path("firstUnmetCondition").asText()).isEqualTo("conditions.expression");
        assertThat(eve.path("result").asText()).isEqualTo("unsatisfied");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user.username = 'eve' | line 1, column 15",
                "usr.username == 'eve' | line 1, column 1)",
                "user.username == 'eve' && posture.atributes.x == 'y' | line 1, column 34",
                "user.username | line 1",
                "risk >= 'medium' | line 1, column 6",
                "user.id.matches(user.username) | line 1"
            })
    void faultyExpressionIsRefusedWithPathAndPlace(String expression, String place) {
        var answer = guarded.realm()
                .api()
                .post("/access-policies", policy(expression))
                .expect(400)
                .json();

        assertThat(answer.path("path").asText()).isEqualTo("conditions.expression");
        assertThat(answer.path("error_description").asText()).contains(place);
        assertThat(guarded.realm().api().get("/access-policies").json()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user.attributes.nickname == ['evie']",
                "user.attributes['nickname'] == ['evie']",
                "!('nickname' in user.attributes)",
                "has(user.attributes.nickname)",
                "user.attributes.firstName == ['eve']",
                "user.attributes.locale == ['de']",
                "user.email.endsWith('@example.com')",
                "user.attributes.exists(name, name == 'nickname')",
                "user.attributes['nick' == 'nick' ? 'nickname' : 'costCenter'] == ['evie']"
            })
    void attributeThatUsersEditThemselvesIsRefusedThroughEveryApi(String expression) {
        var answer = guarded.realm()
                .api()
                .post("/access-policies", policy(expression))
                .expect(400)
                .json();
        assertThat(answer.path("path").asText()).isEqualTo("conditions.expression");
        if (expression.contains("nickname") && !expression.contains("name =") && !expression.contains("?")) {
            assertThat(answer.path("error_description").asText()).contains("the attribute nickname");
        }

        var component = new ComponentRepresentation();
        component.setName("expression");
        component.setProviderType("dev.sallyport.access.realm.AccessPolicyProvider");
        component.setProviderId("sallyport-access-policy");
        component.setConfig(new MultivaluedHashMap<>(Map.of("document", List.of(policy(expression)))));
        try (var added = guarded.realm().admin().components().add(component)) {
            assertThat(added.getStatus()).isEqualTo(400);
        }
    }

    @Test
    void attributeThatUsersMayEditLaterDecidesNothingAnyMore() {
        blockWhen("user.attributes.costCenter == ['4712']");
        assertThat(guarded.ledger().login("eve", GuardedRealm.PASSWORD).code()).isNotEmpty();

        editors("costCenter", Set.of("admin", "user"));
        try {
            assertRefused(guarded.ledger().login("eve", GuardedRealm.PASSWORD));
            assertThat(guarded.realm()
                            .api()
                            .get("/access-policies/expression")
                            .json()
                            .path("invalid")
                            .asText())
                    .contains("the attribute costCenter");
        } finally {
            editors("costCenter", Set.of("admin"));
        }
        assertThat(guarded.ledger().login("eve", GuardedRealm.PASSWORD).code()).isNotEmpty();
    }

    @Test
    void serverLoadsTheLanguageWithoutAWarning(KeycloakServer server) {
        blockWhen("user.username.matches('^n') && duration('1h') > duration('59m')");
        guarded.ledger().login("ann", GuardedRealm.PASSWORD);

        assertThat(server.log())
                .noneMatch(line -> line.matches("(?i).*(ANTLR|protobuf|dev\\.sallyport\\.bundled|dev\\.cel).*"));
    }

    private static void editors(String name, Set<String> roles) {
        var users = guarded.realm().admin().users().userProfile();
        var profile = users.getConfiguration();
        profile.getAttribute(name).setPermissions(new UPAttributePermissions(Set.of("admin", "user"), roles));
        users.update(profile);
    }

    private static void blockWhen(String expression) {
        guarded.realm().policy(policy(expression));
    }

    private static String policy(String expression) {
        return """
                {"name":"expression","state":"enforced","assignments":{"clients":{"include":["ledger"]}},
                 "conditions":{"expression":%s},"controls":{"block":true}}""".formatted(JsonNodeFactory.instance.textNode(expression));
    }

    private static JsonNode evaluate(String user) {
        return guarded.realm()
                .api()
                .post("/access-policies/evaluate", "{\"user\":\"%s\",\"client\":\"ledger\"}".formatted(user))
                .expect(200)
                .json()
                .path("policies")
                .path(0);
    }

    private static void assertRefused(OidcClient.Outcome outcome) {
        assertThat(outcome.page().status()).isEqualTo(403);
    }
}
