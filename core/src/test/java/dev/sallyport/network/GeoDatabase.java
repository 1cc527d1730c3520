package dev.sallyport.network;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes small databases in MaxMind's format (version 2.0 of its specification), with the parts of the GeoIP2 Country and
 * ASN schemas that are read.
 */
public final class GeoDatabase {

    private static final int EMPTY = 0;

    /** The nodes of the tree, each with what follows a 0 and a 1: another node (positive), an entry (negative) or nothing. */
    private final List<int[]> nodes = new ArrayList<>(List.of(new int[2]));

    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final List<Integer> offsets = new ArrayList<>();

    private GeoDatabase() {}

    /** @param countries codes by ranges such as {@code 192.0.2.0/24} */
    public static byte[] countries(Map<String, String> countries) {
        var database = new GeoDatabase();
        countries.forEach(
                (range, code) -> database.put(range, Map.of("country", ordered("geoname_id", 1L, "iso_code", code))));
        return database.write("GeoLite2-Country");
    }

    /** @param systems numbers by ranges */
    public static byte[] systems(Map<String, Long> systems) {
        var database = new GeoDatabase();
        systems.forEach((range, number) -> database.put(
                range, ordered("autonomous_system_number", number, "autonomous_system_organization", "Somebody")));
        return database.write("GeoLite2-ASN");
    }

    private void put(String range, Object entry) {
        int slash = range.indexOf('/');
        var address = bytes(range.substring(0, slash));
        int bits = Integer.parseInt(range.substring(slash + 1));
        if (address.length == 4) {
            // NB. In a tree of IPv6 the addresses of IPv4 are those that begin with 96 zeros.
            address = ByteBuffer.allocate(16).put(new byte[12]).put(address).array();
            bits += 96;
        }
        offsets.add(entries.size());
        encode(entries, entry);
        int node = 0;
        for (int i = 0; i < bits; i++) {
            int bit = (address[i / 8] >> (7 - i % 8)) & 1;
            if (i == bits - 1) nodes.get(node)[bit] = -offsets.size();
            else {
                if (nodes.get(node)[bit] == EMPTY) {
                    nodes.add(new int[2]);
                    nodes.get(node)[bit] = nodes.size() - 1;
                }
                node = nodes.get(node)[bit];
            }
        }
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private byte[] write(String type) {
        var file = new ByteArrayOutputStream();
        var tree = ByteBuffer.allocate(nodes.size() * 8);
        for (var node : nodes) for (int next : node) tree.putInt(record(next));
        file.writeBytes(tree.array());
        file.writeBytes(new byte[16]);
        file.writeBytes(entries.toByteArray());
        file.writeBytes(new byte[] {(byte) 0xAB, (byte) 0xCD, (byte) 0xEF});
        file.writeBytes("MaxMind.com".getBytes(StandardCharsets.US_ASCII));
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("node_count", (long) nodes.size());
        metadata.put("record_size", (short) 32);
        metadata.put("ip_version", (short) 6);
        metadata.put("database_type", type);
        metadata.put("languages", List.of("en"));
        metadata.put("binary_format_major_version", (short) 2);
        metadata.put("binary_format_minor_version", (short) 0);
        metadata.put("build_epoch", 1_790_000_000L);
        metadata.put("description", Map.of("en", "For tests"));
        encode(file, metadata);
        return file.toByteArray();
    }

    private int record(int next) {
        if (next == EMPTY) return nodes.size();
        return next > 0 ? next : nodes.size() + 16 + offsets.get(-next - 1);
    }

    private static Map<String, Object> ordered(String one, Object value, String other, Object otherValue) {
        var map = new LinkedHashMap<String, Object>();
        map.put(one, value);
        map.put(other, otherValue);
        return map;
    }

    /** A control byte with type and length, then the value. */
    private static void encode(ByteArrayOutputStream to, Object value) {
        if (value instanceof String text) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            control(to, 2, bytes.length);
            to.writeBytes(bytes);
        } else if (value instanceof Short number) {
            control(to, 5, 2);
            to.writeBytes(ByteBuffer.allocate(2).putShort(number).array());
        } else if (value instanceof Long number) {
            control(to, 6, 4);
            to.writeBytes(ByteBuffer.allocate(4).putInt((int) (long) number).array());
        } else if (value instanceof List<?> list) {
            control(to, 11, list.size());
            list.forEach(element -> encode(to, element));
        } else if (value instanceof Map<?, ?> map) {
            control(to, 7, map.size());
            map.forEach((key, element) -> {
                encode(to, key);
                encode(to, element);
            });
        } else throw new IllegalArgumentException("not in a database: " + value);
    }

    private static void control(ByteArrayOutputStream to, int type, int length) {
        if (length >= 29) {
            to.write(type << 5 | 29);
            to.write(length - 29);
            return;
        }
        to.write((type < 8 ? type << 5 : 0) | length);
        if (type >= 8) to.write(type - 7);
    }
}
