package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.RestApi;
import dev.sallyport.it.harness.SallyportTest;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Administrators see what their policies do to sign-ins, and what those on trial would do. */
@SallyportTest
class PolicyImpactIT {

    private static GuardedRealm guarded;
    private static RestApi api;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server, r -> r.client("auditor", c -> c.serviceAccount("auditor-secret"))
                .client("viewer", c -> c.serviceAccount("viewer-secret"))
                .client("agent", c -> c.serviceAccount("agent-secret")));
        api = guarded.realm().api();
        guarded.policy("healthy", "enforced", "\"clients\":{\"include\":[\"ledger\"]}", GuardedRealm.HEALTHY);
        guarded.policy("strong", "enforced", "\"users\":{\"include\":{\"users\":[\"ben\"]}}", "\"acr\":\"2\"");
        guarded.policy("trial strong", "report-only", "\"users\":{\"include\":{\"users\":[\"ann\"]}}", "\"acr\":\"2\"");
        guarded.policy(
                "trial block",
                "report-only",
                "\"users\":{\"include\":{\"users\":[\"ann\"]}},\"clients\":{\"include\":[\"wiki\"]}",
                "\"block\":true");
        guarded.policy("off", "disabled", "", "\"block\":true");
    }

    @Test
    void eachSignInCountsOnceForEachPolicyThatApplied() {
        var before = tallies();
        var fit = guarded.ledger().certificate(guarded.healthyDevice("counted"));
        var tokens = fit.tokens("ann", GuardedRealm.PASSWORD);
        fit.authorize().code();
        fit.refresh(tokens.refreshToken()).accessToken();
        fit.client("wiki").authorize().code();

        assertThat(more(before, "healthy")).containsExactly(2, 0, 0, 0, 0);
        assertThat(more(before, "trial strong")).containsExactly(0, 0, 0, 3, 0);
        assertThat(more(before, "trial block")).containsExactly(0, 0, 0, 0, 1);
        assertThat(more(before, "off")).containsExactly(0, 0, 0, 0, 0);
    }

    @Test
    void refusalCountsOnceHoweverOftenTheUserTriesAgain() {
        var before = tallies();
        var ledger = guarded.ledger();

        var page = ledger.login("ben", GuardedRealm.PASSWORD).page();
        page = ledger.submit(page, Map.of()).page();
        page = ledger.submit(page, Map.of()).page();
        ledger.passwordGrant("ann", GuardedRealm.PASSWORD);

        assertThat(page.status()).isEqualTo(403);
        assertThat(more(before, "healthy")).containsExactly(0, 0, 2, 0, 0);
        assertThat(more(before, "strong")).containsExactly(0, 0, 1, 0, 0);
    }

    @Test
    void secondFactorThatAPolicyAskedForCountsAsAStepUp() {
        var before = tallies();

        OidcClient wiki = guarded.wiki();
        wiki.login("ben", GuardedRealm.PASSWORD, GuardedRealm.OTP_SECRET).code();

        assertThat(more(before, "strong")).containsExactly(0, 1, 0, 0, 0);
    }

    @Test
    void signInThatALockStopsCountsForNoPolicy() {
        var lock = guarded.lock("{\"user\":\"ann\",\"reason\":\"r\"}");
        var before = tallies();

        guarded.wiki().login("ann", GuardedRealm.PASSWORD).page();

        assertThat(tallies()).isEqualTo(before);
        guarded.lift(lock);
    }

    @Test
    void reportIsATableForSpreadsheetsAndAPageForPeople() {
        guarded.wiki().tokens("ann", GuardedRealm.PASSWORD);

        var csv = api.get("/reports/policy-impact?format=csv", "*/*").expect(200);
        var html = api.get("/reports/policy-impact?format=html", "text/html").expect(200);

        assertThat(csv.header("Content-Type")).startsWith("text/csv");
        assertThat(csv.header("Cache-Control")).isEqualTo("no-store");
        assertThat(csv.text()).startsWith("day,policy,allowed,steppedUp,denied,wouldHaveBeenSteppedUp");
        assertThat(csv.text()).contains(today() + ",trial block,0,0,0,0,");
        assertThat(html.header("Content-Type")).startsWith("text/html");
        assertThat(html.header("Cache-Control")).isEqualTo("no-store");
        var page = Jsoup.parse(html.text());
        assertThat(page.selectFirst("html").attr("lang")).isEqualTo("en");
        assertThat(page.selectFirst("table caption").text()).contains("by day and policy");
        assertThat(page.select("th[scope=col]")).hasSize(7);
        assertThat(page.select("th[scope=row]").eachText()).contains("trial block");
    }

    @Test
    void reportSpeaksTheReadersLanguage() {
        guarded.change(realm -> {
            realm.setInternationalizationEnabled(true);
            realm.setSupportedLocales(Set.of("en", "de"));
            realm.setDefaultLocale("de");
        });

        var page = Jsoup.parse(api.get("/reports/policy-impact?format=html").text());

        assertThat(page.selectFirst("html").attr("lang")).isEqualTo("de");
        assertThat(page.title()).isEqualTo("Auswirkung der Zugriffsrichtlinien");
        guarded.change(realm -> realm.setDefaultLocale("en"));
    }

    @Test
    void nothingIsReportedOfOtherDays() {
        guarded.wiki().tokens("ann", GuardedRealm.PASSWORD);

        assertThat(api.get("/reports/policy-impact?to=" + today().minusDays(1))
                        .json()
                        .path("rows"))
                .isEmpty();
        assertThat(api.get("/reports/policy-impact?from=" + today() + "T00:00:00Z")
                        .json()
                        .path("rows"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "format=xml, format",
        "format=JSON, format",
        "from=yesterday, from",
        "to=2026-02-30, to",
        "from=2026-11-24&to=2026-11-23, from",
        "from=0001-01-01, from"
    })
    void malformedParameterIsRefusedByName(String query, String name) {
        var refused = api.get("/reports/policy-impact?" + query).expect(400).json();

        assertThat(refused.path("path").asText()).isEqualTo(name);
    }

    @Test
    void reportIsForAuditors(KeycloakServer server) {
        var path = "/reports/policy-impact";

        api.as(guarded.tokenOf("auditor", "auditor-secret", "audit")).get(path).expect(200);
        api.as(guarded.tokenOf("viewer", "viewer-secret", "view")).get(path).expect(403);
        api.as(guarded.tokenOf("agent", "agent-secret", "ingest")).get(path).expect(403);
        api.anonymously().get(path).expect(401);

        var other = GuardedRealm.on(server, r -> r.client("auditor", c -> c.serviceAccount("auditor-secret")));
        var stranger = other.tokenOf("auditor", "auditor-secret", "audit");
        assertThat(api.as(stranger).get(path).status()).isIn(401, 403, 404);
        assertThat(other.realm().api().get(path).json().path("rows")).isEmpty();
    }

    private static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    private static JsonNode tallies() {
        return api.get("/reports/policy-impact").expect(200).json().path("rows");
    }

    /** By how much the report has grown, summed over the days so that midnight is no matter. */
    private static int[] more(JsonNode before, String policy) {
        var then = sum(before, policy);
        var now = sum(tallies(), policy);
        for (int i = 0; i < now.length; i++) now[i] -= then[i];
        return now;
    }

    private static int[] sum(JsonNode rows, String policy) {
        var names = new String[] {"allowed", "steppedUp", "denied", "wouldHaveBeenSteppedUp", "wouldHaveBeenDenied"};
        var sums = new int[names.length];
        for (var row : rows) {
            if (!row.path("policy").asText().equals(policy)) continue;
            for (int i = 0; i < names.length; i++) sums[i] += row.get(names[i]).asInt();
        }
        return sums;
    }
}
