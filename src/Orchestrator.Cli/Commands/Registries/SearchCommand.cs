using Orchestrator.Api;
using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Registries;

internal sealed class SearchCommand : Command
{
    private const int DescriptionLength = 45;

    private readonly ListFlag _filter;
    private readonly ValueFlag<string> _format;
    private readonly ValueFlag<long?> _limit;
    private readonly BoolFlag _noTrunc;

    public SearchCommand()
    {
        _filter = Flags.Filter();
        _format = Flags.Format();
        _limit = Flags.Int("limit", null, "At most so many lines");
        _noTrunc = Flags.NoTrunc();
    }

    public override string Usage => "[OPTIONS] TERM";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
    [
        "orch search --filter is-official=true ubuntu",
        "orch search --filter stars=100 registry.example.com/web    # of a registry that can search",
    ];

    public override int Run(Session session, List<string> args)
    {
        var query = new Query().Add("term", args[0]).Add("limit", _limit.Value).Add(FilterFlags.ToFilters(_filter));
        using var response = session.Client.Send(
            "GET", $"/images/search{query}", null, RegistryAuth.Headers(session, args[0]));
        var found = System.Text.Json.JsonSerializer.Deserialize(response.Body, ApiJson.Wire.SearchResultArray) ?? [];
        new Listing<SearchResult>(
            ["Name", "Description", "StarCount", "IsOfficial"],
            new("Name", "NAME", static r => r.Name),
            new("Description", "DESCRIPTION", r => Description(r.Description)),
            new("StarCount", "STARS", static r => $"{r.StarCount}"),
            new("IsOfficial", "OFFICIAL", static r => r.IsOfficial ? "[OK]" : ""),
            new("IsAutomated", "AUTOMATED", static r => r.IsAutomated ? "[OK]" : ""))
            .Write(session.Out, found.OrderByDescending(static r => r.StarCount), _format.Value);
        return 0;
    }

    private string Description(string text)
    {
        var line = text.Replace('\n', ' ').Replace('\r', ' ');
        return _noTrunc ? line : Text.Ellipsis(line, DescriptionLength);
    }
}
