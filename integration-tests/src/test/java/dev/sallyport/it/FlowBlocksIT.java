package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.FlowBuilder;
import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.SallyportTest;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The building blocks in flows that an administrator puts together. Each application here has a flow of its own, and ben
 * has a second factor.
 */
@SallyportTest
class FlowBlocksIT {

    private static final String DEVICE = "sallyport-condition-device";
    private static final String ACCESS = "sallyport-condition-access";
    private static final String GATE = "sallyport-access-gate";

    private static final Map<String, String> IF_HEALTHY = Map.of("matches", "met", "facts", "proven##compliant");
    private static final Map<String, String> UNLESS_HEALTHY =
            Map.of("matches", "not-met", "facts", "proven##compliant");

    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        guarded = GuardedRealm.on(server);
    }

    @Test
    void subFlowForUnhealthyDevicesIsEnteredByWhateverIsNotKnownToBeHealthy() {
        denyIf("deny", DEVICE, UNLESS_HEALTHY);
        var deny = guarded.realm().oidc("deny");
        var device = guarded.healthyDevice("deny");

        assertThat(login(deny.certificate(device)).code()).isNotEmpty();
        assertThat(login(deny).page().text()).contains("Access denied");
        guarded.posture("deny", "\"diskEncrypted\":true");
        assertThat(login(deny.certificate(device)).page().text()).contains("Access denied");
        guarded.fallIll("deny");
        assertThat(login(deny.certificate(device)).page().text()).contains("Access denied");
    }

    @Test
    void healthyDeviceNeedsNoSecondFactorAndAnyOtherDoes() {
        secondFactorUnless("trust", DEVICE, IF_HEALTHY);
        var trust = guarded.realm().oidc("trust");
        var device = guarded.healthyDevice("trust");

        assertThat(login(trust.certificate(device)).code()).isNotEmpty();
        assertThat(login(trust).page().asksFor("otp")).isTrue();
        guarded.posture("trust", "\"diskEncrypted\":true");
        assertThat(login(trust.certificate(device)).page().asksFor("otp")).isTrue();
        guarded.fallIll("trust");
        assertThat(login(trust.certificate(device)).page().asksFor("otp")).isTrue();
    }

    @Test
    void deviceConditionWithoutConfigurationStopsLoginsOnEitherSide() {
        denyIf("deny-unset", DEVICE, Map.of());
        secondFactorUnless("trust-unset", DEVICE, Map.of());
        var flow = guarded.realm().flow("direct-unset", f -> f.required("direct-grant-validate-username")
                .required("direct-grant-validate-password")
                .conditional(b -> b.required(DEVICE).required("deny-access-authenticator")));
        guarded.realm().bind("deny-unset", "direct_grant", flow);
        var device = guarded.healthyDevice("unset");

        for (var application : new String[] {"deny-unset", "trust-unset"}) {
            var page =
                    login(guarded.realm().oidc(application).certificate(device)).page();
            assertThat(page.status()).isEqualTo(400);
            assertThat(page.asksFor("otp")).isFalse();
        }
        assertThat(guarded.realm()
                        .oidc("deny-unset")
                        .passwordGrant("ben", GuardedRealm.PASSWORD)
                        .error())
                .isEqualTo("invalid_grant");
    }

    @Test
    void noDeviceMeetsARuleThatCannotBeRead() {
        var broken = "{\"compliant\":\"perhaps\"}";
        denyIf("deny-broken", DEVICE, Map.of("matches", "not-met", "document", broken));
        secondFactorUnless("trust-broken", DEVICE, Map.of("matches", "met", "document", broken));
        secondFactorUnless("trust-empty", DEVICE, Map.of("matches", "met"));
        var device = guarded.healthyDevice("broken");

        assertThat(login(guarded.realm().oidc("deny-broken").certificate(device))
                        .page()
                        .text())
                .contains("Access denied");
        assertThat(login(guarded.realm().oidc("trust-broken").certificate(device))
                        .page()
                        .asksFor("otp"))
                .isTrue();
        assertThat(login(guarded.realm().oidc("trust-empty").certificate(device))
                        .page()
                        .asksFor("otp"))
                .isTrue();
        assertThat(guarded.realm().api().get("/setup").json().path("faulty"))
                .anySatisfy(fault -> assertThat(fault).hasToString("""
                        {"flow":"trust-broken","authenticator":"sallyport-condition-device","fault":"document.compliant: must be true or false"}"""));
    }

    @Test
    void documentSaysMoreThanTheSimpleFields() {
        denyIf(
                "deny-document",
                DEVICE,
                Map.of("matches", "not-met", "document", "{\"minOsVersion\":{\"macos\":\"14.4\"}}"));
        var client = guarded.realm().oidc("deny-document").certificate(guarded.healthyDevice("document"));

        guarded.posture("document", "\"osVersion\":\"14.4\"");
        assertThat(login(client).code()).isNotEmpty();
        guarded.posture("document", "\"osVersion\":\"14.3\"");
        assertThat(login(client.withoutCookies()).page().text()).contains("Access denied");
    }

    @Test
    void conditionMatchesWhatThePoliciesSayAndLeavesNoRecord() {
        denyIf("by-deny", ACCESS, Map.of("outcome", "deny"));
        secondFactorUnless("by-allow", ACCESS, Map.of("outcome", "allow"));
        secondFactorIf("by-step-up", ACCESS, Map.of("outcome", "step-up"));
        healthy("by-deny");
        healthy("by-allow");
        guarded.policy("by-step-up", "enforced", client("by-step-up"), "\"acr\":\"2\"");
        var device = guarded.healthyDevice("outcome");

        assertThat(login(guarded.realm().oidc("by-deny").certificate(device)).code())
                .isNotEmpty();
        assertThat(login(guarded.realm().oidc("by-allow").certificate(device)).code())
                .isNotEmpty();
        assertThat(login(guarded.realm().oidc("by-deny")).page().text()).contains("Access denied");
        assertThat(login(guarded.realm().oidc("by-allow")).page().asksFor("otp"))
                .isTrue();
        assertThat(login(guarded.realm().oidc("by-step-up")).page().asksFor("otp"))
                .isTrue();
        // NB. That these applications have flows of their own, without the gate, is on record.
        assertThat(guarded.realm().auditEntries())
                .filteredOn(entry -> entry.path("type").asText().startsWith("access."))
                .extracting(entry -> entry.path("clientId").asText())
                .doesNotContain("by-deny", "by-allow", "by-step-up");
    }

    @Test
    void decisionConditionWithoutConfigurationOpensNothing() {
        denyIf("unset-deny", ACCESS, Map.of());
        secondFactorUnless("unset-allow", ACCESS, Map.of());
        healthy("unset-deny");

        assertThat(login(guarded.realm().oidc("unset-deny")).page().status()).isEqualTo(403);
        assertThat(login(guarded.realm().oidc("unset-allow")).page().asksFor("otp"))
                .isTrue();
    }

    @Test
    void gateWithATagStopsALoginBeforeTheSecondFactor() {
        gatedTwice("early", "soon##early");
        tagged("early", "early");
        var device = guarded.healthyDevice("early");

        assertThat(login(guarded.realm().oidc("early")).page().status()).isEqualTo(403);
        var early = guarded.realm().oidc("early").certificate(device);
        var page = early.login("ben", GuardedRealm.PASSWORD).page();
        assertThat(page.asksFor("otp")).isTrue();
        assertThat(early.submitOtp(page, GuardedRealm.OTP_SECRET).code()).isNotEmpty();
    }

    @Test
    void gateWithATagLeavesOtherPoliciesToTheFullGate() {
        gatedTwice("late", "early");
        tagged("late", "late");

        var late = guarded.realm().oidc("late");
        var page = late.login("ben", GuardedRealm.PASSWORD).page();

        assertThat(page.asksFor("otp")).isTrue();
        assertThat(late.submitOtp(page, GuardedRealm.OTP_SECRET).page().status())
                .isEqualTo(403);
    }

    @Test
    void gateWithATagThatNobodyHasIsNoWayPastTheCatchAllAndSetupReportsIt() {
        gatedOnce("lonely", "misspelt");
        healthy("lonely");

        var lonely = guarded.realm().oidc("lonely");
        var page = lonely.login("ben", GuardedRealm.PASSWORD).page();

        assertThat(page.asksFor("otp")).isTrue();
        assertThat(lonely.submitOtp(page, GuardedRealm.OTP_SECRET).page().status())
                .isEqualTo(403);
        var bypassed = guarded.realm().api().get("/setup").expect(200).json().path("bypassed");
        assertThat(bypassed)
                .anySatisfy(bypass -> assertThat(bypass.path("usedBy").asText()).isEqualTo("client/lonely"));
    }

    private static OidcClient.Outcome login(OidcClient application) {
        return application.withoutCookies().login("ben", GuardedRealm.PASSWORD);
    }

    private static void denyIf(String application, String condition, Map<String, String> config) {
        application(application, flow -> flow.required(FlowBlocksIT::waysIn)
                .conditional(b -> b.required(condition, config).required("deny-access-authenticator")));
    }

    private static void secondFactorIf(String application, String condition, Map<String, String> config) {
        application(application, flow -> flow.required(FlowBlocksIT::waysIn)
                .conditional(b -> b.required(condition, config).required("auth-otp-form")));
    }

    private static void secondFactorUnless(String application, String condition, Map<String, String> config) {
        application(application, flow -> flow.required(FlowBlocksIT::waysIn).required(b -> b.alternative(trusted ->
                        trusted.conditional(c -> c.required(condition, config).required("allow-access-authenticator")))
                .alternative("auth-otp-form")));
    }

    private static void gatedTwice(String application, String tags) {
        application(application, flow -> earlyGate(flow, tags)
                .required(b -> b.required("sallyport-device").required(GATE)));
    }

    private static void gatedOnce(String application, String tags) {
        application(application, flow -> earlyGate(flow, tags));
    }

    private static FlowBuilder earlyGate(FlowBuilder flow, String tags) {
        return flow.required(FlowBlocksIT::waysIn)
                .required(b -> b.required(GATE, Map.of("tags", tags)))
                .required("auth-otp-form");
    }

    private static void waysIn(FlowBuilder flow) {
        flow.alternative("auth-cookie").alternative(forms -> forms.required("auth-username-password-form"));
    }

    private static void application(String clientId, Consumer<FlowBuilder> flow) {
        guarded.realm().client(clientId, c -> c.publicClient().directGrants());
        guarded.realm().bind(clientId, "browser", guarded.realm().flow(clientId, flow));
    }

    private static void healthy(String clientId) {
        guarded.policy(clientId, "enforced", client(clientId), GuardedRealm.HEALTHY);
    }

    private static void tagged(String clientId, String tag) {
        guarded.realm().policy("""
                {"name":"%s","state":"enforced","tags":["%s"],"assignments":{%s},"controls":{%s}}""".formatted(clientId, tag, client(clientId), GuardedRealm.HEALTHY));
    }

    private static String client(String clientId) {
        return "\"clients\":{\"include\":[\"" + clientId + "\"]}";
    }
}
