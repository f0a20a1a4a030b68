using System.CommandLine;
using System.CommandLine.Parsing;
using Florin.Merchants;

namespace Florin.Host.Commands;

/// <summary>An option that takes IP addresses or networks, several times or with commas between.</summary>
internal sealed class NetworkOption : Option<AllowedNetworks>
{
    public NetworkOption(string name, string description) : base(name)
    {
        Description = description;
        HelpName = "NETWORK";
        Arity = ArgumentArity.OneOrMore;
        CustomParser = Parse;
        DefaultValueFactory = _ => AllowedNetworks.Anywhere;
    }

    public AllowedNetworks Read(ParseResult parsed) => parsed.GetValue(this) ?? AllowedNetworks.Anywhere;

    private AllowedNetworks? Parse(ArgumentResult result)
    {
        var texts = result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)).ToList();
        var networks = AllowedNetworks.Parse(texts, out var problem);
        if (problem is not null) result.AddError($"{Name}: {problem}");
        return networks;
    }
}
