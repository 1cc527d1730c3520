package dev.sallyport.it.harness;

import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A mail server that takes whatever a realm sends, and reads it as the recipient would: for the link in it. */
public final class Mailbox implements AutoCloseable {

    private static final Pattern LINK = Pattern.compile("https?://[^\\s\"<>]+");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final GreenMail server;

    private Mailbox(GreenMail server) {
        this.server = server;
    }

    public static Mailbox open() {
        var server = new GreenMail(new ServerSetup(Ports.free(), "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        return new Mailbox(server);
    }

    /** What a realm's {@code smtpServer} has to say. */
    public Map<String, String> smtp() {
        return Map.of(
                "host", "127.0.0.1", "port", String.valueOf(server.getSmtp().getPort()), "from", "realm@example.com");
    }

    /** The link in the latest mail to this address, which may yet have to come. */
    public String linkFor(String address) {
        return await().atMost(PATIENCE)
                .until(() -> link(address), Optional::isPresent)
                .orElseThrow();
    }

    /** The HTML of the latest mail to this address with that in its subject, which may yet have to come. */
    public String html(String address, String subject) {
        return await().atMost(PATIENCE)
                .until(
                        () -> Stream.of(server.getReceivedMessages())
                                .filter(message -> isTo(message, address))
                                .filter(message -> subject(message).contains(subject))
                                .reduce((earlier, later) -> later),
                        Optional::isPresent)
                .map(Mailbox::html)
                .orElseThrow();
    }

    private static String html(MimeMessage message) {
        try {
            var parts = (jakarta.mail.Multipart) message.getContent();
            return parts.getBodyPart(parts.getCount() - 1).getContent().toString();
        } catch (MessagingException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a mail to this address has come with that in its subject. */
    public boolean received(String address, String subject) {
        return Stream.of(server.getReceivedMessages())
                .filter(message -> isTo(message, address))
                .anyMatch(message -> subject(message).contains(subject));
    }

    private static String subject(MimeMessage message) {
        try {
            return message.getSubject();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<String> link(String address) {
        return Stream.of(server.getReceivedMessages())
                .filter(message -> isTo(message, address))
                .reduce((earlier, later) -> later)
                .map(Mailbox::text)
                .flatMap(text -> LINK.matcher(text).results().findFirst().map(found -> found.group()));
    }

    private static boolean isTo(MimeMessage message, String address) {
        try {
            return Arrays.stream(message.getRecipients(Message.RecipientType.TO))
                    .anyMatch(recipient -> recipient.toString().equals(address));
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(MimeMessage message) {
        try {
            return message.getContent() instanceof jakarta.mail.Multipart parts
                    ? parts.getBodyPart(0).getContent().toString()
                    : GreenMailUtil.getBody(message);
        } catch (MessagingException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
