package dev.sallyport.posture;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a management answered, and what it answers where it differs a little. */
public record Recorded(String text) {

    public static Recorded of(String file) {
        try (var stream = Recorded.class.getResourceAsStream("/recorded/" + file)) {
            return new Recorded(new String(stream.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param value JSON, with apostrophes for quotation marks; where there is no such place any more nothing changes */
    public Recorded with(String pointer, String value) {
        var tree = Documents.tree(text);
        put(tree, pointer, Documents.tree(Json.of(value)));
        return new Recorded(tree.toString());
    }

    public Recorded without(String pointer) {
        var tree = Documents.tree(text);
        int last = pointer.lastIndexOf('/');
        ((ObjectNode) tree.at(pointer.substring(0, last))).remove(pointer.substring(last + 1));
        return new Recorded(tree.toString());
    }

    /** Every place that holds something. */
    public List<String> pointers() {
        var pointers = new ArrayList<String>();
        collect(Documents.tree(text), "", pointers);
        return pointers;
    }

    public boolean isLeaf(String pointer) {
        return Documents.tree(text).at(pointer).isValueNode();
    }

    public String at(String pointer) {
        return Documents.tree(text).at(pointer).toString();
    }

    private static void put(JsonNode tree, String pointer, JsonNode value) {
        int last = pointer.lastIndexOf('/');
        var name = pointer.substring(last + 1);
        var parent = tree.at(pointer.substring(0, last));
        if (parent instanceof ArrayNode array && name.matches("\\d")) {
            if (array.has(Integer.parseInt(name))) array.set(Integer.parseInt(name), value);
        } else if (parent instanceof ObjectNode object) object.set(name, value);
    }

    private static void collect(JsonNode node, String pointer, List<String> pointers) {
        if (!pointer.isEmpty()) pointers.add(pointer);
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                collect(
                        field.getValue(),
                        pointer + "/" + field.getKey().replace("~", "~0").replace("/", "~1"),
                        pointers);
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) collect(node.get(i), pointer + "/" + i, pointers);
    }
}
