package dev.sallyport.outbound.realm;

import static dev.sallyport.outbound.realm.RawServer.answering;
import static dev.sallyport.outbound.realm.RawServer.dripping;
import static dev.sallyport.outbound.realm.RawServer.keepingSilent;
import static dev.sallyport.outbound.realm.RawServer.pouring;
import static dev.sallyport.outbound.realm.RawServer.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sallyport.device.Certificates;
import dev.sallyport.outbound.OutboundRule;
import dev.sallyport.outbound.realm.HttpReply.Failed;
import dev.sallyport.outbound.realm.HttpReply.Received;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.http.client.methods.RequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundHttpTest {

    private static final OutboundRule THIS_MACHINE = OutboundRule.of("127.0.0.0/8");
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final List<AutoCloseable> opened = new ArrayList<>();

    private RawServer server(RawServer.Manners manners) {
        return opened(RawServer.with(manners));
    }

    private OutboundHttp http(OutboundRule rule, OutboundHttp.Names names) {
        return opened(new OutboundHttp(rule, names, trusting(List.of())));
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    @AfterEach
    void close() throws Exception {
        for (var closeable : opened) closeable.close();
    }

    private static OutboundHttp.Names leadingTo(String... addresses) {
        return host -> {
            var found = new InetAddress[addresses.length];
            for (int i = 0; i < addresses.length; i++) found[i] = InetAddress.getByName(addresses[i]);
            return found;
        };
    }

    private static HttpReply get(OutboundHttp http, String url, Duration time) {
        return http.send(RequestBuilder.get(), URI.create(url), Deadline.in(time));
    }

    private HttpReply get(RawServer server, Duration time) {
        return get(http(THIS_MACHINE, leadingTo("127.0.0.1")), "http://mdm.example.com:" + server.port() + "/x", time);
    }

    @Test
    void socketIsConnectedToNothingThatARequestWouldNotGoTo() throws IOException {
        try (var inside = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var tls = URI.create("tls://logs.example.com:" + inside.getLocalPort());
            var plain = URI.create("tcp://1.1.1.1:" + inside.getLocalPort());
            var led = new AtomicInteger();
            OutboundHttp.Names moving = host -> led.getAndIncrement() == 0
                    ? leadingTo("1.1.1.1").addresses(host)
                    : leadingTo("127.0.0.1").addresses(host);
            var http = http(OutboundRule.PUBLIC_ONLY, moving);

            assertThat(http.objection(tls, PATIENT)).isEmpty();
            assertThatThrownBy(() -> http.connect(tls, 1, Deadline.in(PATIENT)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("not a public address");
            assertThatThrownBy(() -> http(OutboundRule.PUBLIC_ONLY, leadingTo("1.1.1.1"))
                            .connect(plain, 1, Deadline.in(PATIENT)))
                    .hasMessageContaining("tls://");
            inside.setSoTimeout(200);
            assertThatThrownBy(inside::accept).isInstanceOf(SocketTimeoutException.class);

            try (var allowed = http(THIS_MACHINE, leadingTo("127.0.0.1"))
                    .connect(URI.create("tls://logs.example.com"), inside.getLocalPort(), Deadline.in(PATIENT))) {
                assertThat(allowed.isConnected()).isTrue();
            }
        }
    }

    @Test
    void answerIsHandedOnWhateverItsStatus() {
        var server = server(answering("429 Too Many Requests", "wait", "Retry-After: 7\r\n"));

        assertThat(get(server, PATIENT)).isEqualTo(new Received(429, Optional.of("7"), "wait"));
        assertThat(server.heads().get(0))
                .startsWith("GET /x HTTP/1.1")
                .contains("Host: mdm.example.com:" + server.port());
    }

    @Test
    void whereOnlyTheStatusCountsNoBodyTakesItBack() {
        var text = server(answering("200 OK", "\u00e4\u00f6", "Retry-After: 3\r\n"));
        var bytes = server(saying(OK + "Content-Length: 2\r\n\r\n\u00ff\u00fe"));
        var broken = server(saying(OK + "Content-Length: 100\r\n\r\nshort"));

        for (var server : List.of(text, bytes, broken)) {
            var reply = http(THIS_MACHINE, leadingTo("127.0.0.1"))
                    .sendForStatus(
                            RequestBuilder.post(),
                            URI.create("http://soc.example.com:" + server.port() + "/x"),
                            Deadline.in(PATIENT));

            assertThat(reply).isInstanceOfSatisfying(Received.class, received -> {
                assertThat(received.status()).isEqualTo(200);
                assertThat(received.body()).isEmpty();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void noRedirectIsFollowed(int status) {
        var other = server(answering("200 OK", "secret"));
        var server = server(answering(status + " Moved", "", "Location: http://127.0.0.1:" + other.port() + "/\r\n"));

        assertThat(get(server, PATIENT)).isEqualTo(new Received(status, Optional.empty(), ""));
        assertThat(other.heads()).isEmpty();
    }

    @Test
    void noCookieIsKept() {
        var server = server(answering("200 OK", "", "Set-Cookie: a=b\r\n"));
        var http = http(THIS_MACHINE, leadingTo("127.0.0.1"));

        get(http, "http://mdm.example.com:" + server.port(), PATIENT);
        get(http, "http://mdm.example.com:" + server.port(), PATIENT);

        assertThat(server.heads()).hasSize(2).noneMatch(head -> head.contains("Cookie"));
    }

    @Test
    void answerOfOneMebibyteIsReadAndALongerOneNot() {
        var longest = "x".repeat(OutboundHttp.MAX_BODY);

        assertThat(get(server(answering("200 OK", longest)), PATIENT))
                .isEqualTo(new Received(200, Optional.empty(), longest));
        assertThat(get(server(answering("200 OK", longest + "x")), PATIENT))
                .isEqualTo(new Failed("answers with more than 1 MiB", false));
    }

    static Stream<Arguments> endless() {
        var chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
        return Stream.of(
                arguments("body of no length", pouring(OK + "\r\n", "x".repeat(4_096))),
                arguments("body in chunks", pouring(OK + "Transfer-Encoding: chunked\r\n\r\n", chunk)),
                arguments(
                        "body of a great length",
                        pouring(OK + "Content-Length: 9000000000000\r\n\r\n", "x".repeat(4_096))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endless")
    void whatNeverEndsIsGivenUpOnceItIsTooLong(String name, RawServer.Manners manners) {
        assertThat(get(server(manners), PATIENT)).isEqualTo(new Failed("answers with more than 1 MiB", false));
    }

    static Stream<Arguments> endlessHeads() {
        return Stream.of(
                arguments("line", pouring(OK, "x".repeat(1_024))),
                arguments("headers", pouring(OK, "X-A: b\r\n")),
                arguments("size of a chunk", pouring(OK + "Transfer-Encoding: chunked\r\n\r\n", "0".repeat(1_024))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endlessHeads")
    void headThatNeverEndsIsGivenUpLongBeforeTheTimeIsOver(String name, RawServer.Manners manners) {
        var before = Instant.now();

        assertThat(get(server(manners), PATIENT)).isEqualTo(new Failed("broke off the connection", true));
        assertThat(Duration.between(before, Instant.now())).isLessThan(PATIENT.dividedBy(2));
    }

    static Stream<Arguments> slow() {
        return Stream.of(
                arguments("no answer at all", keepingSilent()),
                arguments("a byte of the head now and then", dripping(OK, "x")),
                arguments("a line before the head now and then", dripping("", "x\r\n")),
                arguments("one preliminary answer after the other", dripping("", "HTTP/1.1 102 Wait\r\n\r\n")),
                arguments("a byte of the body now and then", dripping(OK + "Content-Length: 100000\r\n\r\n", "x")),
                arguments("a chunk now and then", dripping(OK + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("slow")
    void timeIsBoundedAsAWhole(String name, RawServer.Manners manners) {
        var before = Instant.now();

        assertThat(get(server(manners), SHORT)).isEqualTo(new Failed("did not answer in time", true));
        assertThat(Duration.between(before, Instant.now())).isBetween(SHORT, SHORT.plusSeconds(5));
    }

    @Test
    void handshakeThatNeverEndsIsBoundedToo() throws IOException {
        var before = Instant.now();
        try (var silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            var http = http(THIS_MACHINE, leadingTo("127.0.0.1"));

            assertThat(get(http, "https://mdm.example.com:" + silent.getLocalPort(), SHORT))
                    .isEqualTo(new Failed("did not answer in time", true));
        }
        assertThat(Duration.between(before, Instant.now())).isLessThan(SHORT.plusSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
                "garbage",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void answerThatBreaksOffIsNone(String answer) {
        assertThat(get(server(saying(answer)), PATIENT)).isEqualTo(new Failed("broke off the connection", true));
    }

    @Test
    void textThatIsNotUtf8IsNone() {
        assertThat(get(server(answering("200 OK", "\u00e4")), PATIENT))
                .isEqualTo(new Failed("answers with what is not UTF-8", false));
    }

    @Test
    void nothingIsUnpacked() {
        assertThat(get(server(answering("200 OK", "packed", "Content-Encoding: gzip\r\n")), PATIENT))
                .isEqualTo(new Received(200, Optional.empty(), "packed"));
    }

    @Test
    void whereNobodyListensIsNoConnection() throws IOException {
        int port;
        try (var closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }

        assertThat(get(http(THIS_MACHINE, leadingTo("127.0.0.1")), "http://mdm.example.com:" + port, PATIENT))
                .isEqualTo(new Failed("cannot be connected to", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "100::1"})
    void addressThatCannotBeConnectedToIsNotTheLast(String dead) {
        var server = server(answering("200 OK", "here"));
        var http = http(OutboundRule.of("127.0.0.0/8,100::/64"), leadingTo(dead, "127.0.0.1"));

        assertThat(get(http, "http://mdm.example.com:" + server.port(), Duration.ofSeconds(4)))
                .isEqualTo(new Received(200, Optional.empty(), "here"));
    }

    @Test
    void whatWasSentOnceIsNotSentToTheNextAddress() {
        var server = server(saying("garbage"));
        var http = http(THIS_MACHINE, leadingTo("127.0.0.1", "127.0.0.1"));

        get(http, "http://mdm.example.com:" + server.port(), PATIENT);

        assertThat(server.heads()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "::ffff:127.0.0.1",
                "::1",
                "10.0.0.1",
                "169.254.169.254",
                "fe80::1",
                "fc00::1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::"
            })
    void nameThatLeadsInsideIsNeitherSavedNorConnectedTo(String inside) {
        var server = server(answering("200 OK", "secret"));
        var http = http(OutboundRule.PUBLIC_ONLY, leadingTo(inside));
        var url = "https://mdm.example.com:" + server.port();

        assertThat(http.objection(URI.create(url), PATIENT)).isPresent();
        assertRefused(get(http, url, SHORT));
        assertThat(server.connections()).isZero();
    }

    private static void assertRefused(HttpReply reply) {
        assertThat(reply).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).contains("not a public address");
            assertThat(failed.passing()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1]", "[::ffff:7f00:1]", "127.0.0.1", "localhost", "localhost."})
    void hostThatIsAnAddressInsideIsNotConnectedToEither(String host) {
        var http = http(OutboundRule.PUBLIC_ONLY, InetAddress::getAllByName);

        assertThat(http.objection(URI.create("https://" + host), PATIENT)).isPresent();
        assertRefused(get(http, "https://" + host, PATIENT));
    }

    @Test
    void nameThatLedOutsideWhenItWasSavedLeadsNowhereOnceItLeadsInside() {
        var server = server(answering("200 OK", "secret"));
        var lookups = new AtomicInteger();
        var http = http(
                OutboundRule.PUBLIC_ONLY, host -> leadingTo(lookups.getAndIncrement() == 0 ? "1.1.1.1" : "127.0.0.1")
                        .addresses(host));
        var url = "https://mdm.example.com:" + server.port();

        assertThat(http.objection(URI.create(url), PATIENT)).isEmpty();
        assertRefused(get(http, url, PATIENT));
        assertThat(server.connections()).isZero();
    }

    @Test
    void connectionGoesToTheAddressThatWasCheckedAndTheNameIsNotLookedUpAgain() {
        var server = server(answering("200 OK", "here"));
        var asked = new ConcurrentLinkedQueue<String>();
        var http = http(THIS_MACHINE, host -> {
            asked.add(host);
            return leadingTo(asked.size() == 1 ? "127.0.0.1" : "10.0.0.1").addresses(host);
        });

        assertThat(get(http, "http://Mdm.Example.com.:" + server.port(), PATIENT))
                .isInstanceOf(Received.class);
        assertThat(asked).containsExactly("mdm.example.com");
    }

    @Test
    void connectionThatIsKeptServesOnlyTheAddressThatItWasMadeTo() throws IOException {
        var first = server(answeringAndStaying("first"));
        var second = opened(RawServer.on(
                new ServerSocket(first.port(), 5, InetAddress.getByName("127.0.0.2")), answeringAndStaying("second")));
        var lookups = new AtomicInteger();
        var http = http(THIS_MACHINE, host -> leadingTo(lookups.getAndIncrement() < 2 ? "127.0.0.1" : "127.0.0.2")
                .addresses(host));
        var url = "http://mdm.example.com:" + second.port();

        assertThat(get(http, url, PATIENT)).isEqualTo(new Received(200, Optional.empty(), "first"));
        assertThat(get(http, url, PATIENT)).isEqualTo(new Received(200, Optional.empty(), "first"));
        assertThat(get(http, url, PATIENT)).isEqualTo(new Received(200, Optional.empty(), "second"));
        assertThat(first.heads()).hasSize(1);
    }

    /** Answers every request that comes by the one connection. */
    private static RawServer.Manners answeringAndStaying(String body) {
        return (client, request) -> {
            while (true) {
                saying(OK + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                        .treat(client, request);
                var in = client.getInputStream();
                for (var head = new StringBuilder(); head.indexOf("\r\n\r\n") < 0; ) head.append((char) in.read());
            }
        };
    }

    @Test
    void ofSeveralAddressesOnlyThoseThatMayBeAreConnectedTo() throws IOException {
        var server = server(answering("200 OK", "here"));
        var other = opened(RawServer.on(
                new ServerSocket(server.port(), 5, InetAddress.getByName("127.0.0.2")), answering("200 OK", "secret")));
        var http = http(OutboundRule.of("127.0.0.1"), leadingTo("127.0.0.2", "127.0.0.1"));
        var url = "http://mdm.example.com:" + server.port();

        assertThat(get(http, url, PATIENT)).isEqualTo(new Received(200, Optional.empty(), "here"));
        assertThat(other.connections()).isZero();
        assertThat(http.objection(URI.create(url), PATIENT)).isPresent();
    }

    @Test
    void nameThatCannotBeLookedUpMayBeSavedButLeadsNowhere() {
        var http = http(OutboundRule.PUBLIC_ONLY, host -> {
            throw new UnknownHostException(host);
        });

        assertThat(http.objection(URI.create("https://mdm.example.com"), PATIENT))
                .isEmpty();
        assertThat(http.objection(URI.create("http://mdm.example.com"), PATIENT))
                .isPresent();
        assertThat(get(http, "https://mdm.example.com", PATIENT))
                .isEqualTo(new Failed("has a name that cannot be looked up", true));
        assertThat(get(http(THIS_MACHINE, leadingTo()), "https://mdm.example.com", PATIENT))
                .isEqualTo(new Failed("has no address", false));
    }

    @Test
    void nameServerThatDoesNotAnswerHoldsUpNobodyWhoAsksForAnotherName() {
        var server = server(answering("200 OK", "here"));
        var never = new CountDownLatch(1);
        var http = http(THIS_MACHINE, host -> {
            if (host.startsWith("dead")) wait(never);
            return leadingTo("127.0.0.1").addresses(host);
        });

        for (int i = 0; i < 40; i++) {
            assertThat(get(http, "http://dead.example.com", Duration.ofMillis(10)))
                    .isEqualTo(new Failed("has a name that cannot be looked up in time", true));
        }

        assertThat(get(http, "http://mdm.example.com:" + server.port(), PATIENT))
                .isInstanceOf(Received.class);
    }

    private static void wait(CountDownLatch latch) throws UnknownHostException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException("interrupted");
        }
    }

    @Test
    void certificateHasToBeTrustedAndToBeTheNames() throws Exception {
        var mine = Certificates.server("mdm.example.com");
        var server = opened(RawServer.on(tlsSocket(mine), answering("200 OK", "here")));
        var trusting =
                opened(new OutboundHttp(THIS_MACHINE, leadingTo("127.0.0.1"), trusting(List.of(mine.certificate()))));
        var distrusting = http(THIS_MACHINE, leadingTo("127.0.0.1"));
        var refused = new Failed("cannot be trusted: its TLS certificate is not valid for it", false);

        assertThat(get(trusting, "https://mdm.example.com:" + server.port(), PATIENT))
                .isInstanceOf(Received.class);
        assertThat(get(trusting, "https://other.example.com:" + server.port(), PATIENT))
                .isEqualTo(refused);
        assertThat(get(trusting, "https://127.0.0.1:" + server.port(), PATIENT)).isEqualTo(refused);
        assertThat(get(distrusting, "https://mdm.example.com:" + server.port(), PATIENT))
                .isEqualTo(refused);
    }

    private static ServerSocket tlsSocket(Certificates.Holder holder) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", holder.keys().getPrivate(), new char[0], new Certificate[] {holder.certificate()});
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        var tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        return tls.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    }

    private static SSLContext trusting(List<? extends Certificate> authorities) {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (var authority : authorities) store.setCertificateEntry("authority", authority);
            if (authorities.isEmpty()) {
                store.setCertificateEntry(
                        "authority", Certificates.server("nobody.example.com").certificate());
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
