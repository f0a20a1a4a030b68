using System.Text;
using System.Text.Json;
using Florin.Api.Requests;
using Florin.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Florin.Api.Tests;

public class ParserTests
{
    private static readonly IdempotencyKeys Keys = new(new KeyRing(Secret.Of(new byte[KeyRing.KeyBytes])));

    [Fact]
    public void A_form_and_JSON_of_the_same_tree_are_the_same_request() => Prop.ForAll(
            Trees().ToArbitrary(),
            tree => Fingerprint(FormParser.Parse(Encoding.UTF8.GetBytes(Form(tree, "")), BodyLimits.Usual))
                == Fingerprint(JsonParser.Parse(JsonSerializer.SerializeToUtf8Bytes(tree), BodyLimits.Usual)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void No_bytes_make_a_parser_fail_in_another_way_than_refusing() => Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            bytes =>
            {
                Try(() => FormParser.Parse(bytes, BodyLimits.Usual));
                Try(() => JsonParser.Parse(bytes, BodyLimits.Usual));
            })
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("amount=1&amount=2", "parameter_duplicate")]
    [InlineData("a[b]=1&a=2", "parameter_duplicate")]
    [InlineData("a=2&a[b]=1", "parameter_duplicate")]
    [InlineData("a[]=1&a[0]=2", "parameter_duplicate")]
    [InlineData("a=%zz", "request_malformed")]
    [InlineData("a=%ff", "invalid_characters")]
    [InlineData("a=%00", "invalid_characters")]
    [InlineData("a[b=1", "parameter_invalid")]
    [InlineData("[b]=1", "parameter_invalid")]
    [InlineData("a[b]c=1", "parameter_invalid")]
    [InlineData("a[b][c][d][e][f][g][h][i]=1", "parameter_invalid")]
    public void A_hostile_form_is_refused(string form, string code) =>
        Assert.Equal(code, Assert.Throws<MalformedRequestException>(() => FormParser.Parse(Encoding.UTF8.GetBytes(form), BodyLimits.Usual)).Code);

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}", "parameter_duplicate")]
    [InlineData("{\"a\":\"\\ud800\"}", "invalid_characters")]
    [InlineData("{\"a\":\"\\u0000\"}", "invalid_characters")]
    [InlineData("[1]", "request_malformed")]
    [InlineData("{\"a\":1}{}", "request_malformed")]
    [InlineData("{", "request_malformed")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}", "request_malformed")]
    public void Hostile_JSON_is_refused(string json, string code) =>
        Assert.Equal(code, Assert.Throws<MalformedRequestException>(() => JsonParser.Parse(Encoding.UTF8.GetBytes(json), BodyLimits.Usual)).Code);

    [Theory]
    [InlineData("""{"a":1,"list":[{"x":1},{"y":{"z[":1}}]}""", "list[1][y][z[]")]
    [InlineData("""{"a":1,"list":[1,{"x":2,"x":3}]}""", "list[1][x]")]
    [InlineData("""{"a":{"b":[1,[2,"\u0000"]]}}""", "a[b][1][1]")]
    [InlineData("""{"xa":1,"ax":1,"xa":2}""", "xa")]
    public void What_is_wrong_in_JSON_is_named_by_its_place(string json, string param) => Assert.Equal(
        param, Assert.Throws<MalformedRequestException>(() => JsonParser.Parse(Encoding.UTF8.GetBytes(json), BodyLimits.Usual)).Param);

    [Fact]
    public void Too_many_parameters_are_refused()
    {
        var form = string.Join('&', Enumerable.Range(0, RequestLimits.Parameters + 1).Select(i => $"a{i}=1"));
        Assert.Equal("parameters_too_many", Assert.Throws<MalformedRequestException>(() => FormParser.Parse(Encoding.UTF8.GetBytes(form), BodyLimits.Usual)).Code);
    }

    [Theory]
    [InlineData("items[0][qty]=1&items[1][qty]=2&expand[]=a&expand[]=b", "{\"expand\":[\"a\",\"b\"],\"items\":[{\"qty\":1},{\"qty\":2}]}")]
    [InlineData("items[][qty]=1&items[][name]=x&items[][qty]=2", "{\"items\":[{\"qty\":1,\"name\":\"x\"},{\"qty\":2}]}")]
    [InlineData("name=%EA%B0%80+b", " { \"name\" : \"가 b\" } ")]
    public void Key_order_and_white_space_do_not_change_the_fingerprint(string form, string json) =>
        Assert.Equal(Fingerprint(FormParser.Parse(Encoding.UTF8.GetBytes(form), BodyLimits.Usual)), Fingerprint(JsonParser.Parse(Encoding.UTF8.GetBytes(json), BodyLimits.Usual)));

    [Theory]
    [InlineData("{\"a\":\"bc\"}", "{\"ab\":\"c\"}")]
    [InlineData("{\"a\":null}", "{}")]
    [InlineData("{\"a\":[1,2]}", "{\"a\":[2,1]}")]
    public void Different_parameters_have_different_fingerprints(string one, string other) =>
        Assert.NotEqual(Fingerprint(JsonParser.Parse(Encoding.UTF8.GetBytes(one), BodyLimits.Usual)), Fingerprint(JsonParser.Parse(Encoding.UTF8.GetBytes(other), BodyLimits.Usual)));

    private static Gen<Dictionary<string, object>> Trees() =>
        from names in Gen.Elements("a", "가", "x y", "m&=", "0").NonEmptyListOf()
        from texts in Gen.Elements("", "1", "a+b %", "한글&=[]", "true").ListOf(names.Count)
        from nested in Gen.Elements(true, false)
        let leaves = names.Zip(texts).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => (object)pair.Second)
        select nested
            ? new Dictionary<string, object> { ["n"] = leaves, ["list"] = texts.Cast<object>().ToArray() }
            : leaves;

    private static string Form(object node, string name) => node switch
    {
        Dictionary<string, object> map => string.Join('&', map.Select(member =>
            Form(member.Value, name.Length == 0 ? Uri.EscapeDataString(member.Key) : $"{name}[{Uri.EscapeDataString(member.Key)}]"))),
        object[] list => string.Join('&', list.Select((item, index) => Form(item, $"{name}[{index}]"))),
        _ => $"{name}={Uri.EscapeDataString((string)node)}",
    };

    private static string Fingerprint(Node node) => Convert.ToHexString(Keys.Fingerprint("POST", "/v1/refunds", node));

    private static void Try(Action parse)
    {
        try
        {
            parse();
        }
        catch (MalformedRequestException)
        {
            // Refused, which is the other thing that may happen.
        }
    }
}
