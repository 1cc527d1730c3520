package dev.sallyport.delivery;

import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** A message as syslog carries it: RFC 5424, each framed by its length (RFC 6587, 3.4.1; RFC 5425, 4.3). */
public final class SyslogMessage {

    /** The longest message, in bytes: a body of which there is no shorter form, and what stands before it. */
    static final int MAX_LENGTH = 64 * 1024;

    /** Log audit (RFC 5424, 6.2.1). */
    private static final int FACILITY = 13;

    /** NB. The enterprise number that RFC 5612 gives to everybody who has none. */
    private static final String ELEMENT = "sallyport@32473";

    private static final int MAX_HOST = 255;
    private static final int MAX_TYPE = 32;
    private static final int MAX_VALUE = 1_000;

    /** OCSF's severities, from informational to critical, as those of syslog. */
    private static final int[] SEVERITIES = {6, 5, 4, 2, 1};

    private SyslogMessage() {}

    /**
     * @param host the name of the server whose log it is
     * @param realm the name of the realm
     */
    public static byte[] framed(Message message, String host, String realm) {
        var line = line(message, host, realm, message.shorter().orElse(message.body()));
        var length = (line.length + " ").getBytes(StandardCharsets.US_ASCII);
        var frame = new byte[length.length + line.length];
        System.arraycopy(length, 0, frame, 0, length.length);
        System.arraycopy(line, 0, frame, length.length, line.length);
        return frame;
    }

    private static byte[] line(Message message, String host, String realm, String body) {
        int severity = SEVERITIES[Math.max(1, Math.min(SEVERITIES.length, message.severity())) - 1];
        var text = new StringBuilder()
                .append('<')
                .append(FACILITY * 8 + severity)
                .append(">1 ")
                .append(message.time().truncatedTo(ChronoUnit.MILLIS))
                .append(' ')
                .append(name(host, MAX_HOST))
                .append(" sallyport - ")
                .append(name(message.type(), MAX_TYPE))
                .append(" [")
                .append(ELEMENT);
        message.index().ifPresent(index -> parameter(text, "index", Long.toString(index)));
        parameter(text, "id", message.id());
        parameter(text, "type", message.type());
        parameter(text, "realm", realm);
        return text.append("] ").append(body).toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A field of the header: printable ASCII without spaces, or the nil value. */
    private static String name(String text, int longest) {
        var name = text.replaceAll("[^!-~]", "_");
        if (name.isEmpty()) return "-";
        return name.length() > longest ? name.substring(0, longest) : name;
    }

    private static final Map<Integer, String> ESCAPED = Map.of((int) '"', "\\\"", (int) '\\', "\\\\", (int) ']', "\\]");

    // NB. RFC 5424, 6.3.3. Control characters may stand in a value by the letter of it, and would end the line for many
    // a
    // receiver.
    private static void parameter(StringBuilder to, String name, String value) {
        to.append(' ').append(name).append("=\"");
        value.codePoints()
                .limit(MAX_VALUE)
                .map(c -> Character.isISOControl(c) || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                        ? '_'
                        : c)
                .forEach(c -> {
                    var escaped = ESCAPED.get(c);
                    if (escaped == null) to.appendCodePoint(c);
                    else to.append(escaped);
                });
        to.append('"');
    }
}
