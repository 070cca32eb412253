using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Payloads;

internal sealed class PayloadInspect : Command
{
    private readonly PayloadWords _words;
    private readonly ValueFlag<string> _format;
    private readonly BoolFlag _pretty;

    public PayloadInspect(PayloadWords words)
    {
        _words = words;
        _format = Flags.InspectFormat();
        _pretty = Flags.Bool("pretty", null, "Print for people");
    }

    public override string Usage => $"[OPTIONS] {_words.Argument} [{_words.Argument}...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        if (!_pretty && _format.Value != "pretty")
            return InspectRunner.Run(
                session, args, _format.Value, name => session.Client.GetJson($"{_words.Path}/{Escape(name)}"),
                InspectCommand.TypeOf(_words.Path + "/"));
        if (_pretty && _format.Value.Length > 0)
            throw new CliException("--format is incompatible with human friendly format");
        return InspectRunner.Pretty(session, args, name => Write(
            session.Out, session.Client.Get($"{_words.Path}/{Escape(name)}", ApiJson.Wire.Secret)));
    }

    /// <summary>docker sets one kind with blanks, the other with tabs.</summary>
    private void Write(TextWriter o, Secret secret)
    {
        var (id, name, time) = _words.IsSecret ? ("ID:              ", "Name:              ", "        ") : ("ID:\t\t\t", "Name:\t\t\t", "            \t");
        o.WriteLine($"{id}{secret.ID}\n{name}{secret.Spec.Name}");
        if (secret.Spec.Labels is { Count: > 0 } labels)
        {
            o.WriteLine("Labels:");
            foreach (var (key, value) in labels.OrderBy(static l => l.Key, StringComparer.Ordinal))
                o.WriteLine(value.Length > 0 ? $" - {key}={value}" : $" - {key}");
        }

        if (_words.IsSecret) o.WriteLine($"Driver:            {secret.Spec.Driver?.Name}");
        o.WriteLine($"Created at:{time}{Time(secret.CreatedAt)}\nUpdated at:{time}{Time(secret.UpdatedAt)}");
        if (!_words.IsSecret)
            o.WriteLine($"Data:\n{System.Text.Encoding.UTF8.GetString(secret.Spec.Data ?? [])}");
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF +0000 'utc'", CultureInfo.InvariantCulture);
}
