using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Payloads;

internal sealed class PayloadCreate : Command
{
    private readonly PayloadWords _words;
    private readonly ListFlag _labels;
    private readonly ValueFlag<string>? _driver;
    private readonly ValueFlag<string> _templating;

    public PayloadCreate(PayloadWords words)
    {
        _words = words;
        _driver = words.IsSecret ? Flags.String("driver", 'd', "Driver of the secret") : null;
        _labels = Flags.List("label", 'l', "Label, key=value");
        _templating = Flags.String("template-driver", null, "Driver that fills in what is a template");
    }

    public override string Usage => $"[OPTIONS] {_words.Argument} [file|-]";

    public override Arity Arity => Arity.Between(1, 2);

    public override int Run(Session session, List<string> args)
    {
        var spec = new SecretSpec
        {
            Name = args[0],
            Labels = KeyValues.ToMap(_labels.Values) ?? [],
            Data = args.Count > 1 ? Read(session, args[1])
                : _driver?.IsSet == true ? null : throw new CliException("secret data must be read from a file: name it, or -"),
            Driver = _driver?.IsSet == true ? new NamedDriver { Name = _driver.Value } : null,
            Templating = _templating.IsSet ? new NamedDriver { Name = _templating.Value } : null,
        };
        session.Out.WriteLine(Create(session, _words, spec));
        return 0;
    }

    /// <returns>Its ID.</returns>
    public static string Create(Session session, PayloadWords words, SecretSpec spec) => session.Client.Post(
        $"{words.Path}/create", spec, ApiJson.Wire.SecretSpec, ApiJson.Wire.PayloadCreateResponse).ID;

    private static byte[] Read(Session session, string file)
    {
        try
        {
            using var content = new MemoryStream();
            using var source = file == "-" ? session.Input : File.OpenRead(file);
            source.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"error reading content from \"{file}\": {e.Message}");
        }
    }
}
