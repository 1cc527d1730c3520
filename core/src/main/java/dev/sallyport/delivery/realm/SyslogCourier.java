package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.Message;
import dev.sallyport.delivery.SyslogMessage;
import dev.sallyport.outbound.OutboundRule;
import dev.sallyport.outbound.realm.Deadline;
import dev.sallyport.outbound.realm.OutboundHttp;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * Writes messages to a syslog server over one connection, which it keeps. Syslog acknowledges nothing: a message counts as
 * taken when it was written and the server had not closed the connection a moment later.
 */
final class SyslogCourier implements Courier {

    private static final int TLS_PORT = 6514;
    private static final int PORTION = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** How long a server may take to say that it does not accept our certificate: in TLS 1.3 the handshake does not tell. */
    private static final int FOR_OBJECTIONS = 200;

    private static final int FOR_A_CLOSE = 20;

    private final OutboundHttp http;
    private final URI url;
    private final Optional<SSLContext> tls;
    private final String host;
    private final String realm;
    private Optional<Connected> connected = Optional.empty();

    /** @param plain the socket under TLS, which can be closed while somebody waits for the other */
    private record Connected(Socket plain, Socket socket) {}

    /**
     * @param tls empty for plain TCP
     * @param host the name of this server, as its messages have it
     */
    SyslogCourier(OutboundHttp http, URI url, Optional<SSLContext> tls, String host, String realm) {
        this.http = http;
        this.url = url;
        this.tls = tls;
        this.host = host;
        this.realm = realm;
    }

    @Override
    public Outcome send(List<Message> messages, Deadline deadline) {
        int taken = 0;
        try {
            var connection = connection();
            while (taken < messages.size() && (taken == 0 || !deadline.passed())) {
                taken += portion(connection, messages.subList(taken, messages.size()));
            }
            return Outcome.taken(taken);
        } catch (IOException e) {
            close();
            return Outcome.stopped(taken, Failure.unavailable("The syslog server " + reason(e) + "."));
        }
    }

    /** @return how many messages were written together */
    private int portion(Connected connection, List<Message> messages) throws IOException {
        var alarm = http.at(Deadline.in(PATIENCE), () -> closeQuietly(connection.plain()));
        try {
            var out = new BufferedOutputStream(connection.socket().getOutputStream(), PORTION);
            int written = 0;
            int count = 0;
            while (count < messages.size() && (count == 0 || written < PORTION)) {
                var frame = SyslogMessage.framed(messages.get(count++), host, realm);
                out.write(frame);
                written += frame.length;
            }
            out.flush();
            if (closed(connection.socket(), FOR_A_CLOSE)) throw new ConnectException("closed the connection");
            return count;
        } finally {
            alarm.cancel(false);
        }
    }

    private Connected connection() throws IOException {
        if (connected.isPresent() && stale(connected.get().socket())) close();
        if (connected.isEmpty()) connected = Optional.of(connect());
        return connected.get();
    }

    private static boolean stale(Socket socket) {
        try {
            return closed(socket, 1);
        } catch (IOException broken) {
            return true;
        }
    }

    private Connected connect() throws IOException {
        var deadline = Deadline.in(PATIENCE);
        var plain = http.connect(url, TLS_PORT, deadline);
        var alarm = http.at(deadline, () -> closeQuietly(plain));
        try {
            plain.setTcpNoDelay(true);
            var socket = tls.isPresent() ? secured(tls.get(), plain) : plain;
            if (closed(socket, tls.isPresent() ? FOR_OBJECTIONS : FOR_A_CLOSE)) {
                throw new ConnectException("closed the connection");
            }
            return new Connected(plain, socket);
        } catch (IOException e) {
            closeQuietly(plain);
            throw e;
        } finally {
            alarm.cancel(false);
        }
    }

    private Socket secured(SSLContext context, Socket plain) throws IOException {
        var name = OutboundRule.host(url.getHost());
        var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, plain.getPort(), true);
        var parameters = socket.getSSLParameters();
        // NB. Without it any certificate of a trusted authority would do, whomever it was issued to (RFC 5425, 5.2).
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Whether the other side has closed, or does so within that many milliseconds; what it says is of no interest. */
    private static boolean closed(Socket socket, int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        }
    }

    private static String reason(IOException e) {
        if (e instanceof ConnectException) return e.getMessage();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException)
                return "cannot be trusted: its TLS certificate is not valid for it";
        }
        return e instanceof SSLException
                ? "does not agree on TLS: it may not accept the client certificate, or want one"
                : "broke off the connection, or is too slow";
    }

    @Override
    public void close() {
        connected.ifPresent(connection -> {
            closeQuietly(connection.socket());
            closeQuietly(connection.plain());
        });
        connected = Optional.empty();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // NB. That is what was wanted.
        }
    }
}
