package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
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

    private static String execution(RealmResource realm, String provider) {
        return realm.flows().getExecutions(FLOW).stream()
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
        assertThat(guarded.audited("finding.raised")).singleElement().satisfies(entry -> assertThat(
                        entry.path("actor").path("name").asText())
                .isEqualTo("admin"));
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
