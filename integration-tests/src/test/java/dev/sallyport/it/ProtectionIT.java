package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** What an administrator takes away of what protects a realm, or gives to many at once, is found. */
@SallyportTest
class ProtectionIT {

    private static final String FLOW = "sallyport browser";

    /** What can be taken away, over Keycloak's own administration, and by what name it is found. */
    enum Removal {
        FLOW_UNBOUND(
                "binding/browser", (realm, guarded) -> guarded.change(changed -> changed.setBrowserFlow("browser"))),
        GATE_REMOVED("binding/browser", (realm, guarded) -> realm.flows()
                .removeExecution(execution(realm, "sallyport-access-gate"))),
        GATE_DISABLED("binding/browser", (realm, guarded) -> disable(realm, "sallyport-access-gate")),
        ELEVATION_REMOVED("elevation/browser", (realm, guarded) -> realm.flows()
                .removeExecution(execution(realm, "sallyport-elevation"))),
        ELEVATION_DISABLED("elevation/browser", (realm, guarded) -> disable(realm, "sallyport-elevation")),
        ACTION_DISABLED("required-action/sallyport-access", (realm, guarded) -> {
            var action = realm.flows().getRequiredAction("sallyport-access");
            action.setEnabled(false);
            realm.flows().updateRequiredAction("sallyport-access", action);
        }),
        ACTION_REMOVED("required-action/sallyport-elevate", (realm, guarded) -> realm.flows()
                .removeRequiredAction("sallyport-elevate")),
        POLICIES_REMOVED("client-policy/sallyport", (realm, guarded) -> realm.clientPoliciesPoliciesResource()
                .updatePolicies(new ClientPoliciesRepresentation())),
        POLICY_DISABLED("client-policy/sallyport", (realm, guarded) -> {
            var policies = realm.clientPoliciesPoliciesResource().getPolicies();
            policies.getPolicies().forEach(policy -> policy.setEnabled(false));
            realm.clientPoliciesPoliciesResource().updatePolicies(policies);
        }),
        POLICY_TURNED_ROUND(
                "client-policy/sallyport",
                (realm, guarded) -> policy(realm, policy -> policy.getConditions()
                        .get(0)
                        .setConfiguration(JsonNodeFactory.instance.objectNode().put("is-negative-logic", true)))),
        POLICY_NARROWED(
                "client-policy/sallyport",
                (realm, guarded) -> policy(realm, policy -> {
                    var condition = new ClientPolicyConditionRepresentation();
                    condition.setConditionProviderId("client-roles");
                    condition.setConfiguration(JsonNodeFactory.instance
                            .objectNode()
                            .set("roles", JsonNodeFactory.instance.arrayNode().add("nobodys")));
                    var conditions = new ArrayList<>(policy.getConditions());
                    conditions.add(condition);
                    policy.setConditions(conditions);
                })),
        POLICY_LEFT_WITHOUT_ITS_PROFILE(
                "client-policy/sallyport", (realm, guarded) -> policy(realm, policy -> policy.setProfiles(List.of()))),
        EXECUTOR_REMOVED("client-profile/sallyport", (realm, guarded) -> {
            var profiles = realm.clientPoliciesProfilesResource().getProfiles(false);
            profiles.getProfiles().forEach(profile -> profile.setExecutors(new ArrayList<>()));
            realm.clientPoliciesProfilesResource().updateProfiles(profiles);
        }),
        LISTENER_REMOVED(
                "event-listener/sallyport",
                (realm, guarded) -> guarded.change(changed -> changed.setEventsListeners(List.of("jboss-logging")))),
        LISTENER_REMOVED_FROM_THE_CONFIGURATION_OF_EVENTS("event-listener/sallyport", (realm, guarded) -> {
            var events = realm.getRealmEventsConfig();
            events.setEventsListeners(List.of());
            realm.updateRealmEventsConfig(events);
        }),
        MAPPER_REMOVED("protocol-mapper/roles/sallyport-elevated-roles", (realm, guarded) -> {
            var scope = realm.clientScopes().findAll().stream()
                    .filter(found -> found.getName().equals("roles"))
                    .findFirst()
                    .orElseThrow();
            var mappers = realm.clientScopes().get(scope.getId()).getProtocolMappers();
            mappers.getMappers().stream()
                    .filter(mapper -> mapper.getProtocolMapper().equals("sallyport-elevated-roles"))
                    .forEach(mapper -> mappers.delete(mapper.getId()));
        }),
        CLIENT_BOUND_TO_ANOTHER_FLOW("binding/browser/client/wiki", (realm, guarded) -> guarded.realm()
                .bind("wiki", "browser", flow(realm, "browser"))),
        CLIENT_BOUND_TO_A_FLOW_WITHOUT_ELEVATION("elevation/browser/client/wiki", (realm, guarded) -> guarded.realm()
                .bind("wiki", "browser", flow(realm, "browser"))),
        CLIENT_MADE_WITH_ANOTHER_FLOW("binding/browser/client/newcomer", (realm, guarded) -> {
            var client = new ClientRepresentation();
            client.setClientId("newcomer");
            client.setAuthenticationFlowBindingOverrides(Map.of("browser", flow(realm, "browser")));
            realm.clients().create(client).close();
        }),
        POLICY_LEADS_TO_ANOTHER_FLOW(
                "binding/browser/client-policy/strong", (realm, guarded) -> leads(realm, "strong", "browser")),
        POLICY_LEADS_TO_A_FLOW_WITHOUT_ELEVATION(
                "elevation/browser/client-policy/strong", (realm, guarded) -> leads(realm, "strong", "browser")),
        SCOPE_REMOVED("protocol-mapper/roles/sallyport-elevation-claim", (realm, guarded) -> {
            realm.clientScopes().findAll().stream()
                    .filter(found -> found.getName().equals("roles"))
                    .forEach(found -> realm.clientScopes().get(found.getId()).remove());
        });

        private final String name;
        private final BiConsumer<RealmResource, GuardedRealm> act;

        Removal(String name, BiConsumer<RealmResource, GuardedRealm> act) {
            this.name = name;
            this.act = act;
        }
    }

    /** Makes a client policy that has whoever asks for that level come by that flow. */
    private static void leads(RealmResource realm, String name, String flow) {
        var executor = new ClientPolicyExecutorRepresentation();
        executor.setExecutorProviderId("auth-flow-enforcer");
        executor.setConfiguration(JsonNodeFactory.instance.objectNode().put("auth-flow-alias", flow));
        var profile = new ClientProfileRepresentation();
        profile.setName(name);
        profile.setExecutors(List.of(executor));
        var profiles = realm.clientPoliciesProfilesResource().getProfiles(false);
        profiles.getProfiles().add(profile);
        realm.clientPoliciesProfilesResource().updateProfiles(profiles);

        var condition = new ClientPolicyConditionRepresentation();
        condition.setConditionProviderId("acr-condition");
        condition.setConfiguration(JsonNodeFactory.instance.objectNode().put("acr-property", "2"));
        var policy = new ClientPolicyRepresentation();
        policy.setName(name);
        policy.setEnabled(true);
        policy.setConditions(List.of(condition));
        policy.setProfiles(List.of(name));
        var policies = realm.clientPoliciesPoliciesResource().getPolicies();
        policies.getPolicies().add(policy);
        realm.clientPoliciesPoliciesResource().updatePolicies(policies);
    }

    /** Changes the policy of the pack. */
    private static void policy(RealmResource realm, Consumer<ClientPolicyRepresentation> change) {
        var policies = realm.clientPoliciesPoliciesResource().getPolicies();
        policies.getPolicies().stream()
                .filter(policy -> policy.getName().equals("sallyport"))
                .forEach(change);
        realm.clientPoliciesPoliciesResource().updatePolicies(policies);
    }

    private static String flow(RealmResource realm, String alias) {
        return realm.flows().getFlows().stream()
                .filter(found -> found.getAlias().equals(alias))
                .findFirst()
                .orElseThrow()
                .getId();
    }

    private static String execution(RealmResource realm, String provider) {
        return execution(realm, FLOW, provider);
    }

    private static String execution(RealmResource realm, String flow, String provider) {
        return realm.flows().getExecutions(flow).stream()
                .filter(found -> provider.equals(found.getProviderId()))
                .findFirst()
                .orElseThrow()
                .getId();
    }

    private static void disable(RealmResource realm, String provider) {
        realm.flows().getExecutions(FLOW).stream()
                .filter(found -> provider.equals(found.getProviderId()))
                .forEach(found -> {
                    found.setRequirement("DISABLED");
                    realm.flows().updateExecutions(FLOW, found);
                });
    }

    @ParameterizedTest
    @EnumSource(Removal.class)
    void whatIsTakenAwayIsFoundAtOnceAndOnce(Removal removal, KeycloakServer server) {
        var guarded = GuardedRealm.on(server);
        assertThat(found(guarded, "protection-removed")).isEmpty();

        removal.act.accept(guarded.realm().admin(), guarded);

        assertThat(found(guarded, "protection-removed")).singleElement().satisfies(finding -> assertThat(
                        finding.path("details").path("removed"))
                .extracting(JsonNode::asText)
                .contains(removal.name));
        guarded.change(changed -> changed.setDisplayName("changed once more"));
        assertThat(found(guarded, "protection-removed")).hasSize(1);
        assertThat(guarded.audited("finding.raised")).singleElement().satisfies(entry -> {
            assertThat(entry.path("actor").path("name").asText()).isEqualTo("admin");
            assertThat(entry.at("/details/severity").asText()).isEqualTo("critical");
        });
    }

    @Test
    void whatIsMadeAnewAndTakenAwayAgainIsFoundAgain(KeycloakServer server) {
        var guarded = GuardedRealm.on(server);
        guarded.removeTheGate();
        guarded.change(changed -> changed.setBrowserFlow(FLOW));

        guarded.removeTheGate();

        assertThat(found(guarded, "protection-removed")).hasSize(2);
    }

    @Test
    void changeThatTakesNothingAwayIsNoFinding(KeycloakServer server) {
        var guarded = GuardedRealm.on(server);

        guarded.change(changed -> changed.setEventsListeners(List.of("sallyport", "jboss-logging")));
        var action = guarded.realm().admin().flows().getRequiredAction("sallyport-access");
        action.setPriority(action.getPriority() + 1);
        guarded.realm().admin().flows().updateRequiredAction("sallyport-access", action);
        guarded.realm()
                .admin()
                .clientPoliciesProfilesResource()
                .updateProfiles(with(
                        guarded.realm().admin().clientPoliciesProfilesResource().getProfiles(false)));

        assertThat(found(guarded, "protection-removed")).isEmpty();
    }

    @Test
    void whatBecomesOfAnApplicationsOwnFlowIsFound(KeycloakServer server) {
        var guarded = GuardedRealm.on(server);
        var realm = guarded.realm().admin();
        realm.flows().copy(FLOW, Map.of("newName", "own")).close();
        guarded.realm().bind("wiki", "browser", flow(realm, "own"));
        assertThat(found(guarded, "protection-removed")).isEmpty();

        realm.flows().removeExecution(execution(realm, "own", "sallyport-access-gate"));

        assertThat(removed(guarded)).containsExactly("binding/browser/client/wiki");
    }

    @Test
    void whatBecomesOfAFlowThatAClientPolicyLeadsToIsFound(KeycloakServer server) {
        var guarded = GuardedRealm.on(server);
        var realm = guarded.realm().admin();
        realm.flows().copy(FLOW, Map.of("newName", "own")).close();
        leads(realm, "strong", "own");
        assertThat(found(guarded, "protection-removed")).isEmpty();
        assertThat(bypassed(guarded)).isEmpty();

        realm.flows().removeExecution(execution(realm, "own", "sallyport-access-gate"));

        assertThat(removed(guarded)).containsExactly("binding/browser/client-policy/strong");
        assertThat(bypassed(guarded)).contains("client-policy/strong");
    }

    @Test
    void whoIsLedPastTheGateByAClientPolicyIsRefusedAllTheSame(KeycloakServer server) {
        var guarded = GuardedRealm.on(server);
        guarded.ledgerNeeds(GuardedRealm.HEALTHY);
        leads(guarded.realm().admin(), "strong", "browser");

        var page = guarded.ledger()
                .login("ann", GuardedRealm.PASSWORD, Map.of("acr_values", "2"))
                .page();

        assertThat(page.status()).isEqualTo(403);
    }

    private static List<String> bypassed(GuardedRealm guarded) {
        return StreamSupport.stream(
                        guarded.realm()
                                .api()
                                .get("/setup")
                                .expect(200)
                                .json()
                                .path("bypassed")
                                .spliterator(),
                        false)
                .map(bypass -> bypass.path("usedBy").asText())
                .filter(user -> user.startsWith("client-policy/"))
                .toList();
    }

    @Test
    void applicationThatLosesItsOwnFlowWhereTheRealmHasNoGateIsFound(KeycloakServer server) {
        var guarded = GuardedRealm.on(server);
        var realm = guarded.realm().admin();
        guarded.change(changed -> changed.setDirectGrantFlow("sallyport direct grant"));
        guarded.realm().bind("wiki", "browser", flow(realm, FLOW));
        guarded.realm().bind("wiki", "direct_grant", flow(realm, "sallyport direct grant"));
        guarded.change(changed -> {
            changed.setBrowserFlow("browser");
            changed.setDirectGrantFlow("direct grant");
        });
        assertThat(removed(guarded))
                .containsExactlyInAnyOrder("binding/browser", "elevation/browser", "binding/direct_grant");

        guarded.realm().bind("wiki", "browser", "");
        guarded.realm().bind("wiki", "direct_grant", flow(realm, "direct grant"));

        assertThat(removed(guarded))
                .containsExactlyInAnyOrder(
                        "binding/browser",
                        "elevation/browser",
                        "binding/direct_grant",
                        "binding/browser/client/wiki",
                        "elevation/browser/client/wiki",
                        "binding/direct_grant/client/wiki");
    }

    @Test
    void applicationThatGoesBackToTheGuardedFlowOrIsGoneIsNoFinding(KeycloakServer server) {
        var guarded = GuardedRealm.on(server);
        var realm = guarded.realm().admin();
        guarded.realm().bind("wiki", "browser", flow(realm, FLOW));
        guarded.realm().bind("ledger", "browser", flow(realm, FLOW));

        guarded.realm().bind("wiki", "browser", "");
        var ledger = realm.clients().findByClientId("ledger").get(0).getId();
        realm.clients().get(ledger).remove();

        assertThat(found(guarded, "protection-removed")).isEmpty();
    }

    private static List<String> removed(GuardedRealm guarded) {
        return found(guarded, "protection-removed").stream()
                .flatMap(finding -> StreamSupport.stream(
                        finding.path("details").path("removed").spliterator(), false))
                .map(JsonNode::asText)
                .toList();
    }

    private static ClientProfilesRepresentation with(ClientProfilesRepresentation profiles) {
        profiles.getProfiles().forEach(profile -> profile.setDescription("described anew"));
        return profiles;
    }

    @Test
    void roleThatIsGivenToAGroupIsFound(KeycloakServer server) {
        var guarded = withPrivilege(server);
        var admin = guarded.realm().admin();
        var group = new GroupRepresentation();
        group.setName("helpers");
        admin.groups().add(group).close();
        var roles =
                admin.groups().group(admin.getGroupByPath("/helpers").getId()).roles();

        roles.realmLevel()
                .add(List.of(
                        admin.roles().get("harmless").toRepresentation(),
                        admin.roles().get("watches").toRepresentation()));

        assertThat(found(guarded, "role-given-to-group")).singleElement().satisfies(finding -> {
            assertThat(finding.path("details").path("group").asText()).isEqualTo("/helpers");
            assertThat(finding.path("details").path("roles").toString()).contains("watches");
            assertThat(finding.path("details").path("privileges").toString()).contains("watch");
            assertThat(finding.has("user")).isFalse();
        });
        roles.realmLevel().add(List.of(admin.roles().get("harmless").toRepresentation()));
        var management =
                admin.clients().findByClientId("realm-management").get(0).getId();
        roles.clientLevel(management)
                .add(List.of(admin.clients()
                        .get(management)
                        .roles()
                        .get("view-users")
                        .toRepresentation()));
        assertThat(found(guarded, "role-given-to-group")).hasSize(2).first().satisfies(finding -> assertThat(
                        finding.path("details").path("administers").asBoolean())
                .isTrue());
    }

    @Test
    void groupThatIsMovedBelowOneThatIsEligibleIsFound(KeycloakServer server) {
        var guarded = withPrivilege(server);
        var groups = guarded.realm().admin().groups();
        var friends = new GroupRepresentation();
        friends.setName("friends");
        groups.add(friends).close();
        friends.setId(guarded.realm().admin().getGroupByPath("/friends").getId());

        groups.group(guarded.realm().admin().getGroupByPath("/dba").getId())
                .subGroup(friends)
                .close();

        assertThat(found(guarded, "group-moved")).singleElement().satisfies(finding -> assertThat(
                        finding.path("details").path("group").asText())
                .isEqualTo("/dba/friends"));
    }

    @Test
    void roleThatComesToContainWhatIsPrivilegedIsFound(KeycloakServer server) {
        var guarded = withPrivilege(server);
        var roles = guarded.realm().admin().roles();

        roles.get("harmless").addComposites(List.of(roles.get("watch").toRepresentation()));

        assertThat(found(guarded, "role-contained")).singleElement().satisfies(finding -> assertThat(
                        finding.path("details").path("containing").asText())
                .isEqualTo("harmless"));
        assertThat(found(guarded, "privilege-widened")).isEmpty();
    }

    @Test
    void roleThatComesToContainWhatIsPrivilegedIsFoundWhicheverWayItWasNamed(KeycloakServer server) {
        var guarded = withPrivilege(server);
        var realm = guarded.realm().admin();
        var watch = List.of(realm.roles().get("watch").toRepresentation());
        var wiki = realm.clients().findByClientId("wiki").get(0).getId();
        realm.clients().get(wiki).roles().create(new RoleRepresentation("editor", null, false));

        realm.rolesById()
                .addComposites(realm.roles().get("harmless").toRepresentation().getId(), watch);
        realm.clients().get(wiki).roles().get("editor").addComposites(watch);

        assertThat(found(guarded, "role-contained"))
                .extracting(
                        finding -> finding.path("details").path("containing").asText())
                .containsExactlyInAnyOrder("harmless", "wiki.editor");
    }

    @Test
    void privilegeThatIsWidenedThroughARoleThatItGrantsIsFound(KeycloakServer server) {
        var guarded = withPrivilege(server);
        var roles = guarded.realm().admin().roles();

        roles.get("watch").addComposites(List.of(roles.get("harmless").toRepresentation()));

        assertThat(found(guarded, "privilege-widened")).singleElement().satisfies(finding -> {
            assertThat(finding.path("details").path("privileges").toString()).contains("watch");
            assertThat(finding.path("details").path("roles").toString()).contains("harmless");
        });
    }

    private static GuardedRealm withPrivilege(KeycloakServer server) {
        var guarded = GuardedRealm.on(
                server, r -> r.group("/dba").role("watch").role("watches").role("harmless"));
        var roles = guarded.realm().admin().roles();
        RoleRepresentation watch = roles.get("watch").toRepresentation();
        roles.get("watches").addComposites(List.of(watch));
        guarded.realm().api().post("/privileges", """
                        {"name":"watch","displayName":"Watch","mode":"token","grants":{"realmRoles":["watch"]},
                         "eligible":{"groups":["/dba"]},
                         "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""").expect(201);
        return guarded;
    }

    private static List<JsonNode> found(GuardedRealm guarded, String kind) {
        var found = new ArrayList<JsonNode>();
        guarded.realm().api().get("/findings?open=true").expect(200).json().forEach(finding -> {
            if (finding.path("kind").asText().equals(kind)) found.add(finding);
        });
        return found;
    }
}
