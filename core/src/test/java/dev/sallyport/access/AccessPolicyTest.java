package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.DocumentName;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessPolicyTest {

    private static DocumentFault faultOf(String json) {
        return catchThrowableOfType(DocumentFault.class, () -> AccessPolicy.read(Json.of(json)));
    }

    @Test
    void aPolicyIsReadAndWrittenAgain() {
        var json = Json.of("""
                {'name':'finance-healthy-device','state':'enforced',
                 'assignments':{'users':{'include':{'groups':['/finance']},'exclude':{'users':['breakglass']}},
                                'clients':{'include':['ledger']}},
                 'controls':{'block':false,'operator':'and','acr':'2','freshAuthentication':'PT15M',
                             'device':{'proven':true,'managed':true,'compliant':true,'diskEncrypted':true,
                                       'minOsVersion':{'macos':'14.4'},'maxPostureAge':'PT24H','onOutage':'deny'}}}""");

        var policy = AccessPolicy.read(json);

        assertThat(Documents.toTree(policy)).isEqualTo(Documents.tree(json));
        assertThat(AccessPolicy.readAnyway("finance-healthy-device", json)).isEqualTo(policy);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'state':'enforced','controls':{'acr':'2'}|name|is required",
                "'name':' ','state':'enforced','controls':{'acr':'2'}|name|is required",
                "'name':'a','controls':{'acr':'2'}|state|is required",
                "'name':'a','state':null,'controls':{'acr':'2'}|state|is required",
                "'name':'a','state':'Enforced','controls':{'acr':'2'}|state|must be one of enforced, report-only, disabled",
                "'name':'a','state':'','controls':{'acr':'2'}|state|must be one of enforced, report-only, disabled",
                "'name':'a','state':'enforced'|controls|is required",
                "'name':'a','state':'enforced','controls':{}|controls|must ask for something or block",
                "'name':'a','state':'enforced','controls':{'block':false}|controls|must ask for something or block",
                "'name':'a','state':'enforced','controls':{'block':null}|controls|must ask for something or block",
                "'name':'a','state':'enforced','controls':{'operator':'or'}|controls|must ask for something or block",
                "'name':'a','state':'enforced','controls':{'block':true,'acr':'2'}|controls.block|cannot be combined with other controls, since nothing would satisfy them",
                "'name':'a','state':'enforced','controls':{'block':' ','acr':'2'}|controls.block|must be true or false",
                "'name':'a','state':'enforced','controls':{'block':'','acr':'2'}|controls.block|must be true or false",
                "'name':'a','state':'enforced','controls':{'block':'true','acr':'2'}|controls.block|must be true or false",
                "'name':'a','state':'enforced','controls':{'acr':' '}|controls.acr|must not be empty",
                "'name':'a','state':'enforced','controls':{'acr':2}|controls.acr|must be a text",
                "'name':'a','state':'enforced','controls':{'operator':'xor','acr':'2'}|controls.operator|must be one of and, or",
                "'name':'a','state':'enforced','controls':{'operator':'','acr':'2'}|controls.operator|must be one of and, or",
                "'name':'a','state':'enforced','controls':{'freshAuthentication':'PT0S'}|controls.freshAuthentication|must be longer than nothing",
                "'name':'a','state':'enforced','controls':{'freshAuthentication':'PT-15M'}|controls.freshAuthentication|must be longer than nothing",
                "'name':'a','state':'enforced','controls':{'device':{}}|controls.device|must ask for something",
                "'name':'a','state':'enforced','controls':{'device':'','acr':'2'}|controls.device|must be an object",
                "'name':'a','state':'enforced','controls':{'acr':'2','device':{'compliant':true,'minOsVersion':{'macos':'x'}}}|controls.device.minOsVersion.macos|must be dotted numbers such as 14.4",
                "'name':'a','state':'enforced','conditions':{'mood':'low'},'controls':{'acr':'2'}|conditions.mood|is not a known field",
                "'name':'a','state':'enforced','controls':{'acr':'2','nobody':true}|controls.nobody|is not a known field",
                "'name':'a','state':'enforced','assignments':{'users':{'include':{'users':['a'],'nobody':true}}},'controls':{'acr':'2'}|assignments.users.include.nobody|is not a known field"
            })
    void aFaultyPolicyIsRefusedWithThePathOfTheFault(String json, String path, String reason) {
        var fault = faultOf("{" + json + "}");

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "finance-healthy-device", "Größe 1.2_x", "0", "\uD835\uDC00"})
    void aNameIsOfLettersAndDigits(String name) {
        assertThat(faultOf("{'name':'" + name + "','state':'enforced','controls':{'acr':'2'}}"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".",
                "..",
                "-",
                " a",
                "_",
                "a/b",
                "a;b",
                "a%2f",
                "a\\n",
                "a\\u202eb",
                "a\\u0301",
                "<b>",
                "a\\u00a0b"
            })
    void aNameThatAnAddressOrALogWouldReadDifferentlyIsRefused(String name) {
        var fault = faultOf("{'name':'" + name + "','state':'enforced','controls':{'acr':'2'}}");

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo("name");
    }

    @Test
    void aNameMayBeAsLongAsTheLimitAndNoLonger() {
        var longest = "x".repeat(DocumentName.MAX_NAME);

        assertThat(faultOf("{'name':'" + longest + "','state':'enforced','controls':{'acr':'2'}}"))
                .isNull();
        assertThat(faultOf("{'name':'" + longest + "x','state':'enforced','controls':{'acr':'2'}}")
                        .path())
                .isEqualTo("name");
    }
}
