package dev.sallyport.outbound.realm;

import dev.sallyport.network.Address;
import dev.sallyport.outbound.OutboundRule;
import dev.sallyport.server.realm.Daemons;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.client.config.CookieSpecs;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.config.ConnectionConfig;
import org.apache.http.config.MessageConstraints;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.socket.PlainConnectionSocketFactory;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;

/**
 * Sends requests to addresses that a realm's administrators have typed. Every connection goes to an address that was checked
 * for it: names are looked up here and nowhere else, so that one that leads elsewhere a moment later leads nowhere. No
 * redirect is followed, no cookie kept. Time and size are bounded as a whole, against servers that send a byte a second or
 * never end.
 */
public final class OutboundHttp implements AutoCloseable {

    /** The longest answer that is read, in bytes. */
    public static final int MAX_BODY = 1024 * 1024;

    private static final int MAX_IGNORED = 16 * 1024;
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_CONNECTIONS_TO_ONE = 8;
    private static final int MAX_LOOKUPS = 16;
    private static final int MAX_HEADERS = 100;
    private static final int MAX_HEADER = 16 * 1024;

    /** Looks up names, as {@link InetAddress#getAllByName} does. */
    interface Names {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final OutboundRule rule;
    private final Names names;
    private final CloseableHttpClient client;
    private final ScheduledThreadPoolExecutor watch;
    private final ExecutorService lookups;
    private final ConcurrentMap<String, CompletableFuture<InetAddress[]>> pending = new ConcurrentHashMap<>();

    OutboundHttp(OutboundRule rule, Names names, SSLContext tls) {
        this.rule = rule;
        this.names = names;
        this.client = client(tls);
        this.watch = new ScheduledThreadPoolExecutor(1, Daemons.named("sallyport-outbound-watch"));
        watch.setRemoveOnCancelPolicy(true);
        this.lookups = new ThreadPoolExecutor(
                0,
                MAX_LOOKUPS,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Daemons.named("sallyport-outbound-names"));
    }

    private static CloseableHttpClient client(SSLContext tls) {
        var schemes = RegistryBuilder.<ConnectionSocketFactory>create()
                .register("http", PlainConnectionSocketFactory.getSocketFactory())
                .register("https", new SSLConnectionSocketFactory(tls))
                .build();
        var connections = new PoolingHttpClientConnectionManager(schemes, null, host -> {
            // NB. A connection is only ever asked for with an address; a look-up of the library's own would go
            // unchecked.
            throw new UnknownHostException("names are not looked up here");
        });
        connections.setMaxTotal(MAX_CONNECTIONS);
        connections.setDefaultMaxPerRoute(MAX_CONNECTIONS_TO_ONE);
        connections.setDefaultConnectionConfig(ConnectionConfig.custom()
                .setMessageConstraints(MessageConstraints.custom()
                        .setMaxHeaderCount(MAX_HEADERS)
                        .setMaxLineLength(MAX_HEADER)
                        .build())
                .build());
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setConnectionTimeToLive(1, TimeUnit.MINUTES)
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableAutomaticRetries()
                // NB. A compressed body can be a thousand times as long as what was received.
                .disableContentCompression()
                .setUserAgent("Sallyport")
                .build();
    }

    /**
     * Why that URL may not be used; empty if it may, as far as can be told now. A host that cannot be looked up may be known
     * tomorrow.
     */
    public Optional<String> objection(URI uri, Duration patience) {
        try {
            for (var address : addresses(uri, Deadline.in(patience))) {
                var objection = rule.objection(uri, address);
                if (objection.isPresent()) return objection;
            }
            return Optional.empty();
        } catch (Unreachable e) {
            return rule.objection(uri);
        }
    }

    /** Sends what was prepared to {@code uri}, which stands in for the request's own. */
    public HttpReply send(RequestBuilder prepared, URI uri, Deadline deadline) {
        return send(prepared, uri, deadline, OutboundHttp::received);
    }

    /** The same where only the status counts: whatever the body is, and however long it takes, it is thrown away. */
    public HttpReply sendForStatus(RequestBuilder prepared, URI uri, Deadline deadline) {
        return send(prepared, uri, deadline, OutboundHttp::status);
    }

    private HttpReply send(RequestBuilder prepared, URI uri, Deadline deadline, Reading reading) {
        try {
            return send(prepared, uri, allowed(uri, deadline), deadline, reading);
        } catch (Unreachable e) {
            return new HttpReply.Failed(e.getMessage(), e.passing);
        }
    }

    /**
     * Connects to where {@code uri} leads, for protocols other than HTTP, under the same rule.
     *
     * @param port where the URI names none
     * @throws ConnectException with a sentence's second half for administrators, after the name of the server
     */
    public Socket connect(URI uri, int port, Deadline deadline) throws ConnectException {
        List<Address> addresses;
        try {
            addresses = allowed(uri, deadline);
        } catch (Unreachable e) {
            throw new ConnectException(e.getMessage());
        }
        for (int i = 0; i < addresses.size() && !deadline.passed(); i++) {
            var socket = new Socket(Proxy.NO_PROXY);
            try {
                var target = new InetSocketAddress(addresses.get(i).inet(), uri.getPort() < 0 ? port : uri.getPort());
                socket.connect(target, Math.max(1, deadline.millis() / (addresses.size() - i)));
                return socket;
            } catch (IOException e) {
                closeQuietly(socket);
            }
        }
        throw new ConnectException(NO_CONNECTION);
    }

    /** Has something done when time is up, such as closing what somebody waits for, unless it is cancelled before. */
    public Future<?> at(Deadline deadline, Runnable done) {
        return watch.schedule(done, deadline.millis(), TimeUnit.MILLISECONDS);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // NB. It was not connected.
        }
    }

    private List<Address> allowed(URI uri, Deadline deadline) throws Unreachable {
        var refused = Optional.<String>empty();
        var allowed = new ArrayList<Address>();
        for (var address : addresses(uri, deadline)) {
            var objection = rule.objection(uri, address);
            if (objection.isEmpty()) allowed.add(address);
            else refused = objection;
        }
        if (allowed.isEmpty()) throw new Unreachable(refused.orElse("has no address"), false);
        return allowed;
    }

    /** Makes a reply of a response. */
    private interface Reading {
        HttpReply of(CloseableHttpResponse response) throws IOException;
    }

    private HttpReply send(
            RequestBuilder prepared, URI uri, List<Address> addresses, Deadline deadline, Reading reading) {
        HttpReply reply = new HttpReply.Failed("has no address", false);
        for (int i = 0; i < addresses.size(); i++) {
            int connect = Math.max(1, deadline.millis() / (addresses.size() - i));
            reply = sendTo(prepared, uri, addresses.get(i), connect, deadline, reading);
            // NB. Only what did not connect is tried elsewhere: what has been sent may have been understood.
            if (!(reply instanceof HttpReply.Failed failed) || !failed.reason().equals(NO_CONNECTION)) return reply;
            if (deadline.passed()) return reply;
        }
        return reply;
    }

    private static final String NO_CONNECTION = "cannot be connected to";

    private HttpReply sendTo(
            RequestBuilder prepared, URI uri, Address address, int connect, Deadline deadline, Reading reading) {
        var request = prepared.setUri(uri)
                .setConfig(RequestConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(deadline.millis())
                        .setConnectionRequestTimeout(deadline.millis())
                        .setCookieSpec(CookieSpecs.IGNORE_COOKIES)
                        .setNormalizeUri(false)
                        .build())
                .build();
        var target = new HttpHost(
                address.inet(),
                OutboundRule.host(uri.getHost()),
                port(uri),
                uri.getScheme().toLowerCase(Locale.ROOT));
        var alarm = watch.schedule(request::abort, deadline.millis(), TimeUnit.MILLISECONDS);
        try (var response = client.execute(target, request)) {
            return reading.of(response);
        } catch (ConnectTimeoutException | ConnectException | NoRouteToHostException e) {
            return new HttpReply.Failed(NO_CONNECTION, true);
        } catch (SSLException e) {
            return deadline.passed()
                    ? tooSlow()
                    : new HttpReply.Failed("cannot be trusted: its TLS certificate is not valid for it", false);
        } catch (IOException | IllegalStateException e) {
            return deadline.passed() ? tooSlow() : new HttpReply.Failed("broke off the connection", true);
        } finally {
            alarm.cancel(false);
        }
    }

    private static HttpReply tooSlow() {
        return new HttpReply.Failed("did not answer in time", true);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return "http".equalsIgnoreCase(uri.getScheme()) ? 80 : 443;
    }

    private static HttpReply status(CloseableHttpResponse response) {
        var retryAfter =
                Optional.ofNullable(response.getFirstHeader("Retry-After")).map(header -> header.getValue());
        try {
            // NB. A short body is read to its end, so that the connection can be used again.
            var entity = response.getEntity();
            if (entity != null) entity.getContent().readNBytes(MAX_IGNORED);
        } catch (IOException ofNoInterest) {
            // NB. What was answered has been answered.
        }
        return new HttpReply.Received(response.getStatusLine().getStatusCode(), retryAfter, "");
    }

    private static HttpReply received(CloseableHttpResponse response) throws IOException {
        var retryAfter =
                Optional.ofNullable(response.getFirstHeader("Retry-After")).map(header -> header.getValue());
        int status = response.getStatusLine().getStatusCode();
        HttpEntity entity = response.getEntity();
        if (entity == null) return new HttpReply.Received(status, retryAfter, "");
        var bytes = new ByteArrayOutputStream();
        var buffer = new byte[8 * 1024];
        // NB. Closing the stream would read on to its end, to keep the connection; the response is closed instead.
        var body = entity.getContent();
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            bytes.write(buffer, 0, read);
            if (bytes.size() > MAX_BODY) return new HttpReply.Failed("answers with more than 1 MiB", false);
        }
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            return new HttpReply.Received(status, retryAfter, text);
        } catch (CharacterCodingException e) {
            return new HttpReply.Failed("answers with what is not UTF-8", false);
        }
    }

    private List<Address> addresses(URI uri, Deadline deadline) throws Unreachable {
        try {
            var found = lookup(OutboundRule.host(uri.getHost())).get(deadline.millis(), TimeUnit.MILLISECONDS);
            var addresses = new ArrayList<Address>();
            for (var address : found) Address.of(withoutZone(address)).ifPresent(addresses::add);
            return addresses;
        } catch (ExecutionException e) {
            throw new Unreachable("has a name that cannot be looked up");
        } catch (TimeoutException | RejectedExecutionException e) {
            throw new Unreachable("has a name that cannot be looked up in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("was not asked because the server is stopping");
        }
    }

    /** NB. One at a time for each name, so that a name server that does not answer holds up nobody who asks for another name. */
    private Future<InetAddress[]> lookup(String host) {
        var lookup =
                pending.computeIfAbsent(host, name -> CompletableFuture.supplyAsync(() -> resolved(name), lookups));
        return lookup.whenComplete((found, failure) -> pending.remove(host, lookup));
    }

    private InetAddress[] resolved(String host) {
        try {
            return names.addresses(host);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutZone(InetAddress address) {
        var text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    @Override
    public void close() throws IOException {
        watch.shutdownNow();
        lookups.shutdownNow();
        client.close();
    }

    private static final class Unreachable extends Exception {

        private static final long serialVersionUID = 1;

        /** Whether another attempt may succeed. */
        private final boolean passing;

        Unreachable(String reason) {
            this(reason, true);
        }

        Unreachable(String reason, boolean passing) {
            super(reason);
            this.passing = passing;
        }
    }
}
