package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies about networks and other circumstances, on a server without a proxy: clients are where their connections come from. */
@SallyportTest
class NetworksIT {

    private static final String EVALUATE = "/access-policies/evaluate";

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(
                server, r -> r.client("portal", c -> c.publicClient()).client("app", c -> c.publicClient()));
        guarded.network("here", "\"cidrs\":[\"127.0.0.0/8\",\"::1\"]");
        guarded.network("elsewhere", "\"cidrs\":[\"192.0.2.0/24\",\"2001:db8::/32\"]");
        guarded.network("germany", "\"countries\":[\"DE\"]");
    }

    private static RestApi api() {
        return guarded.realm().api();
    }

    private static int loginStatus(OidcClient client) {
        var outcome = client.login("ann", GuardedRealm.PASSWORD);
        return outcome instanceof OidcClient.Page page
                ? page.status()
                : outcome.code().isEmpty() ? 0 : 200;
    }

    @Test
    void loginIsJudgedByWhereItComesFrom() {
        guarded.blocks("portal", "\"networks\":{\"include\":[\"here\"]}");
        assertThat(loginStatus(guarded.realm().oidc("portal"))).isEqualTo(403);

        guarded.blocks("portal", "\"networks\":{\"exclude\":[\"here\"]}");
        assertThat(loginStatus(guarded.realm().oidc("portal"))).isEqualTo(200);
    }

    @Test
    void addressThatTheClientTypesIsNothing() {
        guarded.blocks("app", "\"networks\":{\"exclude\":[\"elsewhere\"]}");

        var app = guarded.realm()
                .oidc("app")
                .header("X-Forwarded-For", "192.0.2.1")
                .header("Forwarded", "for=192.0.2.1")
                .header("X-Forwarded-Trusted-Proxy", "true");

        assertThat(loginStatus(app)).isEqualTo(403);
    }

    @Test
    void countryThatNobodyKnowsIsNotOutside() {
        guarded.blocks("wiki", "\"networks\":{\"include\":[\"germany\"]}");
        assertThat(loginStatus(guarded.wiki())).isEqualTo(403);

        guarded.blocks("wiki", "\"networks\":{\"exclude\":[\"germany\"]}");
        assertThat(loginStatus(guarded.wiki())).isEqualTo(403);
    }

    @Test
    void networksAreDocuments() {
        var document = "{\"name\":\"branch\",\"cidrs\":[\"198.51.100.0/24\"],\"countries\":[\"AT\"],\"asns\":[64496]}";

        assertThat(api().post("/networks", document).expect(201).json().toString())
                .isEqualTo(document);
        api().post("/networks", document).expect(409);
        assertThat(api().get("/networks/branch").expect(200).json().toString()).isEqualTo(document);
        assertThat(api().get("/networks").expect(200).json())
                .anySatisfy(network -> assertThat(network.toString()).isEqualTo(document));
        api().put("/networks/branch", "{\"name\":\"branch\",\"asns\":[64497]}").expect(200);
        api().put("/networks/branch", "{\"name\":\"other\",\"asns\":[64497]}").expect(400);
        assertThat(api().get("/networks/branch").json().toString()).isEqualTo("{\"name\":\"branch\",\"asns\":[64497]}");
        api().delete("/networks/branch").expect(204);
        api().get("/networks/branch").expect(404);
        api().delete("/networks/branch").expect(404);
        assertThat(guarded.audited("config.updated"))
                .anySatisfy(entry -> assertThat(entry.toString()).contains("branch"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/networks | {\"name\":\"x\",\"cidrs\":[\"10.0.0.0/8\",\"10.1.2.3/8\"]} | cidrs[1]",
                "/networks | {\"name\":\"x\",\"cidrs\":[\"example.com\"]} | cidrs[0]",
                "/networks | {\"name\":\"x\",\"countries\":[\"Germany\"]} | countries[0]",
                "/networks | {\"name\":\"x\"} |",
                "/access-policies | {\"name\":\"x\",\"state\":\"enforced\",\"conditions\":{\"networks\":{\"include\":[\"here\"],\"exclude\":[\"gone\"]}},\"controls\":{\"block\":true}} | conditions.networks.exclude[0]",
                "/access-policies | {\"name\":\"x\",\"state\":\"enforced\",\"conditions\":{\"schedule\":{\"days\":[\"MON\"],\"zone\":\"Mars\"}},\"controls\":{\"block\":true}} | conditions.schedule.zone"
            })
    void faultIsRefusedWithItsPath(String path, String document, String fault) {
        var answer = api().post(path, document).expect(400).json();

        assertThat(answer.path("path").asText()).isEqualTo(fault == null ? "" : fault);
    }

    @Test
    void networkThatAPolicyNamesStays() {
        guarded.network("kept", "\"asns\":[64498]");
        guarded.blocks("ledger-api", "\"networks\":{\"exclude\":[\"kept\"]}");

        assertThat(api().delete("/networks/kept").expect(409).text()).contains("ledger-api");
        api().delete("/access-policies/ledger-api").expect(204);
        api().delete("/networks/kept").expect(204);
    }

    // NB. As after an import of a realm without its networks; Keycloak's own component API asks nobody.
    @Test
    void policyWhoseNetworkIsGoneDeniesWhomeverItsAssignmentsMatch() {
        guarded.network("lost", "\"cidrs\":[\"192.0.2.0/24\"]");
        guarded.blocks("ledger", "\"networks\":{\"include\":[\"lost\"]}");
        assertThat(loginStatus(guarded.ledger())).isEqualTo(200);

        var admin = guarded.realm().admin();
        var component = admin.components().query().stream()
                .filter(c -> "lost".equals(c.getName()))
                .findFirst()
                .orElseThrow();
        admin.components().component(component.getId()).remove();

        assertThat(loginStatus(guarded.ledger())).isEqualTo(403);
        assertThat(api().get("/access-policies/ledger").json().path("invalid").asText())
                .startsWith("conditions.networks.include[0]");
        assertThat(judged("{\"user\":\"ann\",\"client\":\"ledger\"}", "ledger")
                        .path("result")
                        .asText())
                .isEqualTo("invalid");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"ip\":\"192.0.2.1\",\"device\":\"mac\",\"risk\":\"high\",\"time\":\"2026-11-23T08:00:00Z\" | unsatisfied |",
                "\"ip\":\"::ffff:192.0.2.1\",\"device\":\"mac\",\"risk\":\"high\",\"time\":\"2026-11-23T08:00:00Z\" | unsatisfied |",
                "\"risk\":\"high\",\"time\":\"2026-11-23T08:00:00Z\" | unsatisfied |",
                "\"ip\":\"127.0.0.1\",\"device\":\"mac\",\"risk\":\"high\",\"time\":\"2026-11-23T08:00:00Z\" | not-applied | conditions.networks",
                "\"ip\":\"192.0.2.1\",\"device\":\"pc\",\"risk\":\"high\",\"time\":\"2026-11-23T08:00:00Z\" | not-applied | conditions.platforms",
                "\"ip\":\"192.0.2.1\",\"device\":\"mac\",\"risk\":\"medium\",\"time\":\"2026-11-23T08:00:00Z\" | not-applied | conditions.risk",
                "\"ip\":\"192.0.2.1\",\"device\":\"mac\",\"time\":\"2026-11-23T08:00:00Z\" | not-applied | conditions.risk",
                "\"ip\":\"192.0.2.1\",\"device\":\"mac\",\"risk\":\"high\",\"time\":\"2026-11-23T20:00:00Z\" | not-applied | conditions.schedule"
            })
    void previewNamesTheFirstConditionThatIsNotMet(String facts, String result, String condition) {
        if (api().get("/devices/mac").status() == 404) {
            guarded.realm().device("{\"id\":\"mac\",\"displayName\":\"Mac\",\"platform\":\"macos\"}");
            guarded.realm().device("{\"id\":\"pc\",\"displayName\":\"PC\",\"platform\":\"windows\"}");
            guarded.realm().policy("""
                    {"name":"all","state":"report-only","assignments":{"clients":{"include":["wiki"]}},
                     "conditions":{"networks":{"include":["elsewhere"]},"platforms":["macos","linux"],"risk":"high",
                                   "schedule":{"days":["MON"],"from":"07:00","to":"20:00","zone":"UTC"}},
                     "controls":{"block":true}}""");
        }

        var judged = judged("{\"user\":\"ann\",\"client\":\"wiki\"," + facts + "}", "all");

        assertThat(judged.path("result").asText()).isEqualTo(result);
        assertThat(judged.path("firstUnmetCondition").asText()).isEqualTo(condition == null ? "" : condition);
    }

    private static JsonNode judged(String question, String policy) {
        for (var each : api().post(EVALUATE, question).expect(200).json().path("policies")) {
            if (each.path("name").asText().equals(policy)) return each;
        }
        throw new AssertionError("no policy " + policy);
    }
}
