package dev.sallyport.posture.realm;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.sallyport.outbound.realm.RawServer.answering;
import static dev.sallyport.outbound.realm.RawServer.dripping;
import static dev.sallyport.outbound.realm.RawServer.pouring;
import static dev.sallyport.outbound.realm.RawServer.saying;
import static dev.sallyport.posture.Management.DEVICE;
import static dev.sallyport.posture.Management.FLEET;
import static dev.sallyport.posture.Management.INTUNE;
import static dev.sallyport.posture.Management.JAMF;
import static dev.sallyport.posture.Management.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.sallyport.outbound.realm.OutboundHttp;
import dev.sallyport.outbound.realm.RawServer;
import dev.sallyport.outbound.realm.WayOut;
import dev.sallyport.posture.Management;
import dev.sallyport.posture.PostureSource;
import dev.sallyport.posture.PostureSource.Answer;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.NotFound;
import dev.sallyport.posture.PostureSource.Outage;
import dev.sallyport.posture.Recorded;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of each answer that a management can give, and of none. */
class ConnectorsTest {

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Keys WITHOUT_SERIAL = new Keys("9F1D0C6E-0000-4000-8000-000000000003", Optional.empty());
    private static final String DEVICES = "/v1.0/deviceManagement/managedDevices";
    private static final String INVENTORY = "/api/v1/computers-inventory";
    private static final String HOSTS = "/api/v1/fleet/hosts/";

    private static final OutboundHttp HTTP = WayOut.toThisMachine();

    @RegisterExtension
    static final WireMockExtension MDM = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort().bindAddress("127.0.0.1"))
            .build();

    private volatile Instant now = NOW;
    private final InstantSource time = () -> now;
    private final Clock clock = time.withZone(ZoneOffset.UTC);

    @AfterAll
    static void close() throws IOException {
        HTTP.close();
    }

    private PostureSource source(Management management, Duration timeout) {
        return source(management, timeout, MDM.getPort());
    }

    private PostureSource source(Management management, Duration timeout, int port) {
        var credentials =
                switch (management) {
                    case FLEET -> Map.of("token", "t-1");
                    case INTUNE -> Map.of("tenantId", "tenant 7", "clientId", "c", "clientSecret", "s&s");
                    case JAMF -> Map.of("clientId", "c", "clientSecret", "s&s");
                };
        var breaker = new Breaker(clock);
        var url = URI.create("http://127.0.0.1:" + port);
        var connection = new Connection(url, credentials, timeout, HTTP, breaker);
        var source =
                switch (management) {
                    case FLEET -> new FleetSource(connection, clock);
                    case INTUNE -> new IntuneSource(connection, clock);
                    case JAMF -> new JamfSource(connection, clock);
                };
        return new GuardedSource("mine", timeout, breaker, source);
    }

    private Answer ask(Management management) {
        return source(management, PATIENT).ask(DEVICE);
    }

    private static String tokens(Management management) {
        return management == INTUNE ? "/tenant%207/oauth2/v2.0/token" : "/api/oauth/token";
    }

    private static void grantTokens() {
        for (var management : new Management[] {INTUNE, JAMF}) {
            MDM.stubFor(post(urlEqualTo(tokens(management)))
                    .willReturn(okJson(Recorded.of("token.json").text())));
        }
    }

    /** The question for the device that the recorded answers are about. */
    private static MappingBuilder question(Management management) {
        return switch (management) {
            case FLEET -> get(urlEqualTo(HOSTS + "identifier/C02A?exclude_software=true"));
            case INTUNE -> get(urlPathEqualTo(DEVICES)).withQueryParam("$filter", equalTo("serialNumber eq 'C02A'"));
            case JAMF ->
                get(urlPathEqualTo(INVENTORY)).withQueryParam("filter", equalTo("hardware.serialNumber==\"C02A\""));
        };
    }

    private static String healthy(Management management) {
        var text = management.healthy().text();
        return management == INTUNE ? "{\"value\":[" + text + "]}" : text;
    }

    private static void answer(Management management, ResponseDefinitionBuilder response) {
        grantTokens();
        MDM.stubFor(question(management).willReturn(response));
    }

    private static void answerInTurn(Management management, ResponseDefinitionBuilder... responses) {
        grantTokens();
        inTurn(() -> question(management), responses);
    }

    private static void inTurn(Supplier<MappingBuilder> request, ResponseDefinitionBuilder... responses) {
        for (int i = 0; i < responses.length; i++) {
            MDM.stubFor(request.get()
                    .inScenario("turns")
                    .whenScenarioStateIs(i == 0 ? "Started" : "turn " + i)
                    .willSetStateTo("turn " + Math.min(i + 1, responses.length - 1))
                    .willReturn(responses[i]));
        }
    }

    private static int questions() {
        return MDM.findAll(getRequestedFor(anyUrl())).size();
    }

    private static int tokenRequests() {
        return MDM.findAll(postRequestedFor(anyUrl())).size();
    }

    private static String reason(Answer answer) {
        assertThat(answer).isInstanceOf(Outage.class);
        return ((Outage) answer).reason();
    }

    @ParameterizedTest
    @EnumSource
    void deviceIsFoundByItsSerialNumberInOneQuestion(Management management) {
        answer(management, okJson(healthy(management)));

        var answer = ask(management);

        assertThat(answer)
                .isEqualTo(new Found(management.posture(management.healthy()).from("mine")));
        var asked = MDM.findAll(getRequestedFor(anyUrl()));
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0).getHeader("Authorization")).isEqualTo("Bearer t-1");
        assertThat(asked.get(0).getHeader("Accept")).isEqualTo("application/json");
        assertThat(tokenRequests()).isEqualTo(management == FLEET ? 0 : 1);
    }

    @Test
    void jamfIsAskedForAllThatIsReadAndNoMore() {
        answer(JAMF, okJson(healthy(JAMF)));

        ask(JAMF);

        assertThat(MDM.findAll(getRequestedFor(anyUrl()))
                        .get(0)
                        .queryParameter("section")
                        .values())
                .containsExactly("GENERAL", "HARDWARE", "SECURITY", "DISK_ENCRYPTION", "OPERATING_SYSTEM");
    }

    @ParameterizedTest
    @CsvSource({"INTUNE, http%3A%2F%2F127.0.0.1%3A", "JAMF, "})
    void tokenIsAskedForWithTheClientsSecretInTheBody(Management management, String scope) {
        answer(management, okJson(healthy(management)));

        ask(management);

        var body = MDM.findAll(postRequestedFor(urlEqualTo(tokens(management))))
                .get(0)
                .getBodyAsString();
        assertThat(body).contains("grant_type=client_credentials", "client_id=c", "client_secret=s%26s");
        if (scope != null) assertThat(body).contains("scope=" + scope + MDM.getPort() + "%2F.default");
    }

    @ParameterizedTest
    @EnumSource
    void deviceThatTheManagementDoesNotKnowIsNotFound(Management management) {
        var absent = management.recorded("absent").text();
        answer(
                management,
                switch (management) {
                    case FLEET -> okJson(absent).withStatus(404);
                    case INTUNE -> okJson("{\"value\":[]}");
                    case JAMF -> okJson(absent);
                });

        assertThat(ask(management)).isEqualTo(new NotFound());
    }

    @ParameterizedTest
    @EnumSource
    void anotherDeviceThatIsAnsweredWithIsNotTheDevice(Management management) {
        var other = management.healthy().with(management.serial(), "'C02B'").text();
        answer(management, okJson(management == INTUNE ? "{\"value\":[" + other + "]}" : other));

        assertThat(ask(management)).isEqualTo(new NotFound());
    }

    static Stream<Arguments> refusals() {
        return Stream.of(Management.values()).flatMap(management -> Stream.of(400, 403, 404, 405, 501, 302)
                .map(status -> arguments(management, status)));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusalIsAnOutageAtOnceAndSaysSo(Management management, int status) {
        answer(management, status(status).withHeader("Location", "/elsewhere").withBody("<html>secret</html>"));

        var reason = reason(ask(management));

        assertThat(reason).doesNotContain("secret", "t-1");
        if (status != 404) assertThat(reason).contains(String.valueOf(status));
        assertThat(questions()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void passingFailureIsOvercomeByAskingAgain(Management management) {
        answerInTurn(management, status(503), status(500), okJson(healthy(management)));

        assertThat(ask(management)).isInstanceOf(Found.class);
        assertThat(questions()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void failureThatStaysIsAnOutageAfterAFewQuestions(Management management) {
        answer(management, status(502));

        assertThat(reason(ask(management))).contains("502");
        assertThat(questions()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void managementThatAsksToWaitIsGivenTheTimeIfThereIsAny(Management management) {
        answerInTurn(management, status(429).withHeader("Retry-After", "1"), okJson(healthy(management)));
        var before = Instant.now();

        assertThat(ask(management)).isInstanceOf(Found.class);
        assertThat(Duration.between(before, Instant.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(questions()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void managementThatAsksForMoreTimeThanThereIsIsLeftAloneThatLong(Management management) {
        answer(management, status(429).withHeader("Retry-After", "30"));
        var source = source(management, PATIENT);

        assertThat(reason(source.ask(DEVICE))).contains("429");
        now = NOW.plusSeconds(29);
        assertThat(reason(source.ask(DEVICE))).contains("left alone");
        assertThat(questions()).isEqualTo(1);

        now = NOW.plusSeconds(30);
        source.ask(DEVICE);
        assertThat(questions()).isEqualTo(2);
    }

    @Test
    void tokenThatAnAdministratorMadeCannotBeRenewed() {
        answer(FLEET, status(401));

        assertThat(reason(ask(FLEET))).contains("401", "not accepted");
        assertThat(questions()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"INTUNE", "JAMF"})
    void tokenThatIsNotAcceptedAnyMoreIsRenewed(Management management) {
        inTurn(
                () -> post(urlEqualTo(tokens(management))),
                okJson("{\"access_token\":\"old\",\"expires_in\":3600}"),
                okJson("{\"access_token\":\"new\",\"expires_in\":3600}"));
        MDM.stubFor(question(management).willReturn(status(401)));
        MDM.stubFor(question(management)
                .withHeader("Authorization", equalTo("Bearer new"))
                .willReturn(okJson(healthy(management))));

        assertThat(ask(management)).isInstanceOf(Found.class);
        assertThat(tokenRequests()).isEqualTo(2);
        assertThat(questions()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"INTUNE", "JAMF"})
    void tokenIsRenewedOnceOnly(Management management) {
        answer(management, status(401));

        assertThat(reason(ask(management))).contains("401");
        assertThat(tokenRequests()).isEqualTo(2);
        assertThat(questions()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"INTUNE", "JAMF"})
    void tokenIsKeptUntilShortlyBeforeItExpires(Management management) {
        answer(management, okJson(healthy(management)));
        var source = source(management, PATIENT);

        source.ask(DEVICE);
        now = NOW.plusSeconds(1_199 - 31);
        source.ask(DEVICE);
        assertThat(tokenRequests()).isEqualTo(1);

        now = NOW.plusSeconds(1_199 - 30);
        source.ask(DEVICE);
        assertThat(tokenRequests()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"INTUNE", "JAMF"})
    void manyWhoNeedATokenAskForOne(Management management) {
        answer(management, okJson(healthy(management)));
        MDM.stubFor(post(urlEqualTo(tokens(management)))
                .willReturn(okJson(Recorded.of("token.json").text()).withFixedDelay(100)));
        var source = source(management, PATIENT);

        var answers = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> source.ask(DEVICE)))
                .toList();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isInstanceOf(Found.class));
        assertThat(tokenRequests()).isEqualTo(1);
    }

    static Stream<Arguments> tokenRefusals() {
        return Stream.of(INTUNE, JAMF)
                .flatMap(management -> Stream.of(400, 401, 403, 404).map(status -> arguments(management, status)));
    }

    @ParameterizedTest
    @MethodSource("tokenRefusals")
    void whoIsRefusedATokenAsksNothing(Management management, int status) {
        MDM.stubFor(post(anyUrl()).willReturn(status(status).withBody("{\"error\":\"invalid_client\"}")));

        assertThat(reason(ask(management))).contains("token endpoint", String.valueOf(status));
        assertThat(tokenRequests()).isEqualTo(1);
        assertThat(questions()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"INTUNE", "JAMF"})
    void tokenEndpointThatFailsForAMomentIsAskedAgain(Management management) {
        MDM.stubFor(question(management).willReturn(okJson(healthy(management))));
        inTurn(
                () -> post(urlEqualTo(tokens(management))),
                status(503),
                okJson(Recorded.of("token.json").text()));

        assertThat(ask(management)).isInstanceOf(Found.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"access_token\":null}",
                "{\"access_token\":\"\"}",
                "{\"access_token\":\"a\\nb\"}",
                "{\"access_token\":{}}"
            })
    void answerWithoutATokenIsNone(String answer) {
        MDM.stubFor(post(anyUrl()).willReturn(okJson(answer)));

        for (var management : new Management[] {INTUNE, JAMF}) {
            assertThat(reason(ask(management))).contains("no token");
        }
        assertThat(questions()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void pageForPeopleIsNoAnswer(Management management) {
        answer(
                management,
                aResponse()
                        .withStatus(200)
                        .withBody(Recorded.of("not-json.html").text()));

        reason(ask(management));
        assertThat(questions()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void nobodyListensIsAnOutageWithinTheTime(Management management) throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }

        assertThat(reason(source(management, SHORT, closed).ask(DEVICE))).contains("cannot be connected to");
    }

    private static RawServer.Manners granting(RawServer.Manners manners) {
        var token = answering("200 OK", "{\"access_token\":\"t-1\",\"expires_in\":3600}");
        return (client, request) -> (request.startsWith("POST") ? token : manners).treat(client, request);
    }

    static Stream<Arguments> bad() {
        var ok = "HTTP/1.1 200 OK\r\n";
        return Stream.of(Management.values())
                .flatMap(management -> Stream.of(
                        arguments(
                                management,
                                "slow body",
                                "in time",
                                dripping(ok + "Content-Length: 90000\r\n\r\n", "x")),
                        arguments(management, "endless body", "1 MiB", pouring(ok + "\r\n", "x".repeat(8_192))),
                        arguments(management, "no HTTP", "broke off", saying("garbage"))));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("bad")
    void answerThatIsNoneIsAnOutageWithinTheTime(
            Management management, String name, String expected, RawServer.Manners manners) {
        var timeout = name.startsWith("endless") ? PATIENT : SHORT;
        try (var server = RawServer.with(granting(manners))) {
            var before = Instant.now();

            assertThat(reason(source(management, timeout, server.port()).ask(DEVICE)))
                    .contains(expected);
            assertThat(Duration.between(before, Instant.now())).isLessThan(timeout.plusSeconds(5));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INTUNE", "JAMF"})
    void timeThatATokenTookIsNotThereForTheQuestion(Management management) {
        answer(management, okJson(healthy(management)).withFixedDelay(400));
        MDM.stubFor(post(anyUrl())
                .willReturn(okJson(Recorded.of("token.json").text()).withFixedDelay(400)));

        assertThat(reason(source(management, Duration.ofMillis(600)).ask(DEVICE)))
                .contains("in time");
    }

    @ParameterizedTest
    @EnumSource
    void whatFirmwarePutsInPlaceOfASerialNumberIsNotAskedFor(Management management) {
        MDM.stubFor(any(anyUrl()).willReturn(okJson("{}")));

        assertThat(source(management, PATIENT).ask(new Keys("0", Optional.of("System Serial Number"))))
                .isEqualTo(new NotFound());
        assertThat(MDM.findAll(anyRequestedFor(anyUrl()))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void managementThatFailsIsLeftAloneAndTriedByOneLater(Management management) {
        answer(management, status(403));
        var source = source(management, PATIENT);
        var other = source(management, PATIENT);
        for (int i = 0; i < 5; i++) source.ask(DEVICE);
        assertThat(questions()).isEqualTo(5);

        assertThat(reason(source.ask(DEVICE))).contains("left alone");
        assertThat(questions()).isEqualTo(5);
        answer(management, okJson(healthy(management)));
        assertThat(other.ask(DEVICE)).isInstanceOf(Found.class);
        assertThat(reason(source.ask(DEVICE))).contains("left alone");

        now = NOW.plusSeconds(5);
        assertThat(source.ask(DEVICE)).isInstanceOf(Found.class);
        assertThat(source.ask(DEVICE)).isInstanceOf(Found.class);
    }

    @ParameterizedTest
    @EnumSource
    void whoIsInterruptedGivesUp(Management management) {
        answer(management, status(503));
        var before = Instant.now();

        Thread.currentThread().interrupt();
        var answer = ask(management);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isInstanceOf(Outage.class);
        assertThat(Duration.between(before, Instant.now())).isLessThan(PATIENT.dividedBy(2));
    }

    @Test
    void fleetIsAskedForWhatStandsInAPathAsItIs() {
        MDM.stubFor(
                any(anyUrl()).willReturn(okJson(FLEET.recorded("absent").text()).withStatus(404)));
        var source = source(FLEET, PATIENT);

        source.ask(new Keys("x", Optional.of("../../a?b#c d")));
        assertThat(source.ask(new Keys("..", Optional.empty()))).isEqualTo(new NotFound());

        assertThat(MDM.findAll(anyRequestedFor(anyUrl())))
                .extracting(request -> request.getUrl())
                .containsExactly(HOSTS + "identifier/..%2F..%2Fa%3Fb%23c%20d?exclude_software=true");
    }

    @Test
    void intuneIsAskedForAnIdDirectlyAndThenForEntras() {
        grantTokens();
        MDM.stubFor(get(urlEqualTo(DEVICES + "/" + WITHOUT_SERIAL.deviceId()))
                .willReturn(okJson(INTUNE.recorded("absent").text()).withStatus(404)));
        MDM.stubFor(get(urlPathEqualTo(DEVICES))
                .withQueryParam("$filter", equalTo("azureADDeviceId eq '" + WITHOUT_SERIAL.deviceId() + "'"))
                .willReturn(okJson(healthy(INTUNE))));

        assertThat(source(INTUNE, PATIENT).ask(WITHOUT_SERIAL)).isInstanceOf(Found.class);
        assertThat(questions()).isEqualTo(2);
    }

    @Test
    void intunesDeviceThatIsFoundByItsIdIsNotAskedForAgain() {
        grantTokens();
        var keys = new Keys("705c034c-0000-4000-8000-000000000002", Optional.empty());
        MDM.stubFor(get(urlEqualTo(DEVICES + "/" + keys.deviceId()))
                .willReturn(okJson(INTUNE.healthy().text())));

        assertThat(source(INTUNE, PATIENT).ask(keys)).isInstanceOf(Found.class);
        assertThat(questions()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 500})
    void intunesIdThatGivesNoAnswerIsAnOutageAndNotAnotherQuestion(int status) {
        grantTokens();
        MDM.stubFor(get(urlEqualTo(DEVICES + "/" + WITHOUT_SERIAL.deviceId()))
                .willReturn(status(status).withBody("<html>")));

        reason(source(INTUNE, PATIENT).ask(WITHOUT_SERIAL));
        assertThat(MDM.findAll(getRequestedFor(urlPathEqualTo(DEVICES)))).isEmpty();
    }

    @Test
    void quoteInASerialNumberStaysInItsText() {
        grantTokens();
        MDM.stubFor(get(anyUrl()).willReturn(okJson("{\"value\":[]}")));

        source(INTUNE, PATIENT).ask(new Keys("x", Optional.of("a' or '1' eq '1")));

        assertThat(MDM.findAll(getRequestedFor(anyUrl()))
                        .get(0)
                        .queryParameter("$filter")
                        .firstValue())
                .isEqualTo("serialNumber eq 'a'' or ''1'' eq ''1'");
    }

    private static String page(String devices, String link) {
        return "{\"value\":[" + devices + "],\"@odata.nextLink\":\"" + link + "\"}";
    }

    private static String linkTo(int page) {
        return MDM.baseUrl().replace("localhost", "127.0.0.1") + DEVICES + "?page=" + page;
    }

    @Test
    void intunesPagesAreReadToTheEnd() {
        answer(INTUNE, okJson(page("", linkTo(2))));
        MDM.stubFor(get(urlEqualTo(DEVICES + "?page=2")).willReturn(okJson(healthy(INTUNE))));

        assertThat(ask(INTUNE)).isInstanceOf(Found.class);

        answer(INTUNE, okJson(page(INTUNE.healthy().text(), linkTo(2))));
        assertThat(ask(INTUNE)).isEqualTo(new NotFound());
    }

    @Test
    void pageThatFailsIsAnOutage() {
        answer(INTUNE, okJson(page(INTUNE.healthy().text(), linkTo(2))));
        MDM.stubFor(get(urlEqualTo(DEVICES + "?page=2")).willReturn(status(404)));

        reason(ask(INTUNE));
    }

    @Test
    void pagesThatNeverEndAreAnOutage() {
        answer(INTUNE, okJson(page("", linkTo(2))));
        MDM.stubFor(get(urlEqualTo(DEVICES + "?page=2")).willReturn(okJson(page("", linkTo(2)))));

        assertThat(reason(ask(INTUNE))).contains("pages");
        assertThat(questions()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:1/",
                "http://localhost:%d/",
                "https://127.0.0.1:%d/",
                "//127.0.0.1:%d/",
                "/v1.0/x",
                "http://127.0.0.1:%d@127.0.0.2/",
                "http://a b/",
                "mailto:a@b"
            })
    void tokenIsNotTakenToAnotherServerByTheNextPage(String link) {
        answer(INTUNE, okJson(page(INTUNE.healthy().text(), link.formatted(MDM.getPort()))));

        assertThat(reason(ask(INTUNE))).contains("another server");
        assertThat(questions()).isEqualTo(1);
    }

    @Test
    void jamfIsAskedForAnIdAndThenForASerialNumber() {
        grantTokens();
        for (var field : new String[] {"udid", "hardware.serialNumber"}) {
            MDM.stubFor(get(urlPathEqualTo(INVENTORY))
                    .withQueryParam("filter", equalTo(field + "==\"C02A\""))
                    .willReturn(okJson(
                            field.equals("udid") ? JAMF.recorded("absent").text() : healthy(JAMF))));
        }

        assertThat(source(JAMF, PATIENT).ask(new Keys("C02A", Optional.empty())))
                .isInstanceOf(Found.class);
        assertThat(questions()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"", "a\\", "C02*", "a\";hardware.serialNumber==\"C02A"})
    void whatWouldEndTheTextOfJamfsFilterIsNotAskedFor(String serial) {
        MDM.stubFor(any(anyUrl()).willReturn(okJson(healthy(JAMF))));

        assertThat(source(JAMF, PATIENT).ask(new Keys("x", Optional.of(serial))))
                .isEqualTo(new NotFound());
        assertThat(MDM.findAll(anyRequestedFor(anyUrl()))).isEmpty();
    }

    @Test
    void deviceOfANotificationIsLookedUpAtItsManagement() {
        grantTokens();
        var id = "705c034c-0000-4000-8000-000000000002";
        MDM.stubFor(get(urlEqualTo(HOSTS + "1?exclude_software=true"))
                .willReturn(okJson(FLEET.healthy().text())));
        MDM.stubFor(get(urlEqualTo(DEVICES + "/" + id))
                .willReturn(okJson(INTUNE.healthy().text())));

        assertThat(source(FLEET, PATIENT).identify("1"))
                .containsExactlyInAnyOrder("309a4b7d-0000-4000-8000-000000000001", "C02A");
        assertThat(source(INTUNE, PATIENT).identify(id))
                .containsExactlyInAnyOrder(id, "9f1d0c6e-0000-4000-8000-000000000003", "C02A");
        assertThat(source(JAMF, PATIENT).identify("1")).isEmpty();
    }

    static Stream<Arguments> strangeIds() {
        return Stream.of(FLEET, INTUNE).flatMap(management -> Stream.of(
                        "", "../1", "1/health", "-1", "1'", "705c034c", "1?a=b", "9".repeat(40))
                .map(id -> arguments(management, id)));
    }

    @ParameterizedTest
    @MethodSource("strangeIds")
    void idThatIsNoneOfTheManagementsIsNotLookedUp(Management management, String id) {
        MDM.stubFor(any(anyUrl()).willReturn(okJson(healthy(management))));

        assertThat(source(management, PATIENT).identify(id)).isEmpty();
        assertThat(MDM.findAll(anyRequestedFor(anyUrl()))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotUnderstoodIdentifiesNobody(Management management) {
        grantTokens();
        MDM.stubFor(get(anyUrl()).willReturn(okJson("{\"value\":[{},{}]}")));

        assertThat(source(management, PATIENT).identify("1")).isEmpty();
        assertThat(source(management, PATIENT).identify("705c034c-0000-4000-8000-000000000002"))
                .isEmpty();
    }

    @Test
    void credentialsAreNotShownByWhatHoldsThem() {
        var connection = new Connection(
                URI.create("https://mdm.example.com"), Map.of("token", "t-1"), SHORT, HTTP, new Breaker(clock));

        assertThat(connection.toString()).doesNotContain("t-1");
        assertThat(new Authorization.Fixed("t-1").toString()).doesNotContain("t-1");
    }

    @Test
    void placesAreBelowTheUrlHoweverItEnds() {
        for (var url : new String[] {"https://mdm.example.com/below", "https://mdm.example.com/below/"}) {
            assertThat(Connection.below(URI.create(url), "/api"))
                    .isEqualTo(URI.create("https://mdm.example.com/below/api"));
        }
    }

    @Test
    void sourceThatThrowsHasGivenNoAnswer() {
        PostureSource broken = keys -> {
            throw new IllegalStateException("t-1");
        };

        var answer = new GuardedSource("mine", SHORT, new Breaker(clock), broken).ask(DEVICE);

        assertThat(reason(answer)).doesNotContain("t-1");
    }
}
