package dev.sallyport.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {

    /** One field of each kind that our documents have. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Sample(
            Optional<Boolean> flag,
            Optional<Integer> count,
            Optional<String> text,
            Optional<Colour> colour,
            Optional<Duration> period,
            Optional<Instant> time,
            List<String> texts,
            Map<String, String> map,
            List<Sample> children,
            Map<String, JsonNode> anything) {

        Sample {
            if (text.filter("forbidden"::equals).isPresent()) throw new DocumentFault("text", "is forbidden");
        }

        @JsonIgnore
        public boolean isComputed() {
            return true;
        }
    }

    enum Colour {
        RED,
        DARK_BLUE;

        @JsonValue
        String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static DocumentFault faultOf(String json) {
        return catchThrowableOfType(DocumentFault.class, () -> Documents.read(Json.of(json), Sample.class));
    }

    @Test
    void everyKindOfFieldIsRead() {
        var json = Json.of("""
                {'flag':true,'count':3,'text':'ä','colour':'dark-blue','period':'PT15M','time':'2026-11-23T08:00:00Z',
                 'texts':['a'],'map':{'k':'v'},'children':[{'flag':false}],'anything':{'x':[1,null]}}""");

        var read = Documents.read(json, Sample.class);

        assertThat(read.flag()).contains(true);
        assertThat(read.count()).contains(3);
        assertThat(read.text()).contains("ä");
        assertThat(read.colour()).contains(Colour.DARK_BLUE);
        assertThat(read.period()).contains(Duration.ofMinutes(15));
        assertThat(read.time()).contains(Instant.parse("2026-11-23T08:00:00Z"));
        assertThat(read.texts()).containsExactly("a");
        assertThat(read.map()).containsEntry("k", "v");
        assertThat(read.children()).singleElement().extracting(Sample::flag).isEqualTo(Optional.of(false));
        assertThat(read.anything().get("x").size()).isEqualTo(2);
    }

    @Test
    void whatIsWrittenIsReadAgainAsTheSame() {
        var json = Json.of("{'period':'PT15M','time':'2026-11-23T08:00:00Z','colour':'dark-blue','count':3}");

        var read = Documents.read(json, Sample.class);

        assertThat(Documents.tree(Documents.write(read))).isEqualTo(Documents.tree(json));
        assertThat(Documents.toTree(read)).isEqualTo(Documents.tree(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'flagg':true}|flagg",
                "{'FLAG':true}|FLAG",
                "{'computed':true}|computed",
                "{'children':[{},{'flagg':1}]}|children[1].flagg",
                "{'children':[{'children':[{},{},{'x':{}}]}]}|children[0].children[2].x",
            })
    void anUnknownFieldIsRefusedWithItsPath(String json, String path) {
        var fault = faultOf(json);

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo("is not a known field");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'flag':'true'}|flag|must be true or false",
                "{'flag':''}|flag|must be true or false",
                "{'flag':' '}|flag|must be true or false",
                "{'flag':1}|flag|must be true or false",
                "{'flag':0.0}|flag|must be true or false",
                "{'flag':[true]}|flag|must be true or false",
                "{'flag':{}}|flag|must be true or false",
                "{'count':'3'}|count|must be a whole number",
                "{'count':''}|count|must be a whole number",
                "{'count':true}|count|must be a whole number",
                "{'count':1.5}|count|must be a whole number",
                "{'count':3.0}|count|must be a whole number",
                "{'count':1e2}|count|must be a whole number",
                "{'count':99999999999}|count|must be a whole number",
                "{'count':99999999999999999999}|count|must be a whole number",
                "{'count':-99999999999}|count|must be a whole number",
                "{'count':[3]}|count|must be a whole number",
                "{'text':3}|text|must be a text",
                "{'text':3.5}|text|must be a text",
                "{'text':true}|text|must be a text",
                "{'text':['a']}|text|must be a text",
                "{'text':{}}|text|must be a text",
                "{'colour':'blue'}|colour|must be one of red, dark-blue",
                "{'colour':'RED'}|colour|must be one of red, dark-blue",
                "{'colour':'DARK_BLUE'}|colour|must be one of red, dark-blue",
                "{'colour':0}|colour|must be one of red, dark-blue",
                "{'colour':'0'}|colour|must be one of red, dark-blue",
                "{'colour':''}|colour|must be one of red, dark-blue",
                "{'colour':' '}|colour|must be one of red, dark-blue",
                "{'colour':true}|colour|must be one of red, dark-blue",
                "{'colour':{}}|colour|must be one of red, dark-blue",
                "{'period':900}|period|must be an ISO 8601 duration such as PT15M",
                "{'period':'15m'}|period|must be an ISO 8601 duration such as PT15M",
                "{'period':''}|period|must be an ISO 8601 duration such as PT15M",
                "{'period':'PT99999999999999999999H'}|period|must be an ISO 8601 duration such as PT15M",
                "{'period':true}|period|must be an ISO 8601 duration such as PT15M",
                "{'period':{}}|period|must be an ISO 8601 duration such as PT15M",
                "{'period':[]}|period|must be an ISO 8601 duration such as PT15M",
                "{'time':1795420800}|time|must be an ISO 8601 time in UTC such as 2026-11-23T08:00:00Z",
                "{'time':'2026-11-23'}|time|must be an ISO 8601 time in UTC such as 2026-11-23T08:00:00Z",
                "{'time':''}|time|must be an ISO 8601 time in UTC such as 2026-11-23T08:00:00Z",
                "{'time':{}}|time|must be an ISO 8601 time in UTC such as 2026-11-23T08:00:00Z",
                "{'texts':'a'}|texts|must be an array",
                "{'texts':''}|texts|must be an array",
                "{'texts':{}}|texts|must be an array",
                "{'texts':['a',2]}|texts[1]|must be a text",
                "{'map':[]}|map|must be an object",
                "{'map':''}|map|must be an object",
                "{'map':{'k':1}}|map.k|must be a text",
                "{'children':[1]}|children[0]|must be an object",
                "{'children':['']}|children[0]|must be an object",
                "{'children':[{'count':99999999999}]}|children[0].count|must be a whole number",
            })
    void aValueOfTheWrongTypeIsRefusedWithItsPathAndWhatIsExpected(String json, String path, String reason) {
        var fault = faultOf(json);

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{'text':null}", "{'flag':null,'count':null,'period':null,'time':null,'colour':null}", "{}"})
    void aFieldThatIsNullCountsAsAbsent(String json) {
        var read = Documents.read(Json.of(json), Sample.class);

        assertThat(Documents.write(read)).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'texts':['a',null]}|texts[1]",
                "{'map':{'k':null}}|map.k",
                "{'children':[{},null]}|children[1]",
                "{'children':[{'map':{'k':null}}]}|children[0].map.k"
            })
    void aNullInsideAnArrayOrAMapIsRefusedWithItsPath(String json, String path) {
        var fault = faultOf(json);

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo("must not be null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'flag':true,'flag':false}",
                "{'flag':true,'fl\\u0061g':true}",
                "{'children':[{'text':'a','text':'a'}]}",
                "{'anything':{'x':{'y':1,'y':2}}}"
            })
    void aFieldThatIsGivenTwiceIsRefused(String json) {
        assertThat(faultOf(json)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\n",
                "{",
                "{'flag':true",
                "{'flag':}",
                "{flag:true}",
                "{'flag':true,}",
                "{} {}",
                "{} x",
                "{}}",
                "/* c */{}",
                "{'count':NaN}",
                "{'count':01}",
                "{'count':+1}",
                "\uFEFF{}",
                "{'text':'a\u0000b'}",
                "{'text':'a\nb'}",
                "{'text':'\\x'}",
                "{'text':'\\ud8'}"
            })
    void whatIsNotExactlyOneWellFormedDocumentIsRefused(String json) {
        var fault = faultOf(json);

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "[{}]", "1", "true", "'text'", "''"})
    void aDocumentThatIsNoObjectIsRefused(String json) {
        var fault = faultOf(json);

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEmpty();
        assertThat(fault.reason()).isEqualTo("must be an object");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'text':'a\\u0000b'}|text|must not contain the character U+0000",
                "{'texts':['a','\\u0000']}|texts[1]|must not contain the character U+0000",
                "{'anything':{'x':['\\u0000']}}|anything.x[0]|must not contain the character U+0000",
                "{'text':'\\ud800'}|text|must not contain half a surrogate pair",
                "{'text':'\\udc00\\ud800'}|text|must not contain half a surrogate pair",
                "{'map':{'a':{'\\u0000':1}}}|map.a|has a field whose name must not contain the character U+0000",
                "{'\\udfff':1}|``|has a field whose name must not contain half a surrogate pair",
            })
    void textThatCannotBeStoredIsRefusedWithItsPath(String json, String path, String reason) {
        var fault = faultOf(json);

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo(reason);
    }

    @Test
    void aWholeSurrogatePairIsText() {
        var read = Documents.read(Json.of("{'text':'\\ud83d\\ude00'}"), Sample.class);

        assertThat(read.text()).contains("😀");
    }

    @Test
    void textMayBeAsLongAsTheLimitAndNoLonger() {
        var longest = "x".repeat(Documents.MAX_TEXT);

        assertThat(faultOf("{'text':'" + longest + "'}")).isNull();
        var fault = faultOf("{'texts':['" + longest + "x']}");

        assertThat(fault.path()).isEqualTo("texts[0]");
        assertThat(fault.reason()).isEqualTo("must not be longer than 2000 characters");
    }

    @Test
    void aReaderMayAllowLongerTexts() {
        var json = Json.of("{'text':'" + "x".repeat(3_000) + "'}");

        var read = Documents.read(json, Sample.class, 3_000);

        assertThat(read.text()).map(String::length).contains(3_000);
    }

    @Test
    void aFieldNameMayBeAsLongAsTheLimitAndNoLonger() {
        var longest = "x".repeat(255);

        assertThat(faultOf("{'map':{'" + longest + "':''}}")).isNull();
        var fault = faultOf("{'map':{'" + longest + "x':''}}");

        assertThat(fault.path()).isEqualTo("map");
        assertThat(fault.reason()).isEqualTo("has a field whose name must not be longer than 255 characters");
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 1_000, 100_000})
    void aDocumentThatIsNestedTooDeeplyIsRefused(int depth) {
        var arrays = "{'anything':{'x':" + "[".repeat(depth) + "]".repeat(depth) + "}}";
        var objects = "{'x':".repeat(depth) + "1" + "}".repeat(depth);

        assertThat(faultOf(arrays)).isNotNull();
        assertThat(faultOf(objects)).isNotNull();
    }

    @Test
    void aNumberThatIsTooLongIsRefused() {
        assertThat(faultOf("{'anything':{'x':" + "9".repeat(101) + "}}")).isNotNull();
        assertThat(faultOf("{'anything':{'x':" + "9".repeat(100) + "}}")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999", "1e9999999999"})
    void aNumberThatNothingCanHoldIsRefusedWithItsPath(String number) {
        // Read as infinite it would be written as a text, and a comparison with it would come out as nobody meant.
        var fault = faultOf("{'anything':{'x':[" + number + "]}}");

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isIn("anything.x[0]", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "+1000000000-12-31T23:59:59Z"})
    void aTimeOutsideTheYearsOfFourDigitsIsRefused(String time) {
        // RFC 3339 has no others, and a database's or a clock's arithmetic on them overflows.
        var fault = faultOf("{'time':'" + time + "'}");

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo("time");
    }

    @Test
    void aRuleOfTheDocumentItselfIsReportedBelowThePathOfItsHolder() {
        var fault = faultOf("{'children':[{},{'text':'forbidden'}]}");

        assertThat(fault.path()).isEqualTo("children[1].text");
        assertThat(fault.reason()).isEqualTo("is forbidden");
        assertThat(fault).hasMessage("children[1].text: is forbidden");
    }

    @Test
    void aFaultOfTheWholeDocumentTakesThePathOfItsHolder() {
        assertThat(new DocumentFault("", "is bad").below("a.b").path()).isEqualTo("a.b");
        assertThat(new DocumentFault("[3]", "is bad").below("a").path()).isEqualTo("a[3]");
        assertThat(new DocumentFault("c", "is bad").below("").path()).isEqualTo("c");
        assertThat(new DocumentFault("", "is bad")).hasMessage("is bad");
    }
}
