using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Registries;

/// <summary><c>registry user add</c>: a user of the node's own registry, new or changed.</summary>
internal sealed class RegistryUserAdd : Command
{
    private readonly ListFlag _pull;
    private readonly ListFlag _push;
    private readonly BoolFlag _stdin;

    public RegistryUserAdd()
    {
        _stdin = Flags.Bool("password-stdin", null, "Read the password from stdin");
        _pull = Flags.List("pull", null, "Repositories to pull from (e.g. \"team/*\")", "pattern");
        _push = Flags.List("push", null, "Repositories to push to, pull from and delete in", "pattern");
    }

    public override string Usage => "[OPTIONS] USER";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
    [
        "orch registry user add --push 'team/*' --pull '*' --password-stdin ci < password",
        "orch registry user add --pull '*' anonymous      # who does not log in may pull",
    ];

    public override int Run(Session session, List<string> args)
    {
        if (_pull.Values.Count + _push.Values.Count == 0)
            throw new CliException($"orch: \"{args[0]}\" would be allowed nothing: add --pull or --push PATTERN");
        var account = new RegistryAccount
        {
            Name = args[0],
            Password = Password(session, args[0]),
            Pull = [.. _pull.Values],
            Push = [.. _push.Values],
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(account, ApiJson.Wire.RegistryAccount);
        using var response = session.Client.Send(
            "PUT", $"/registry/users/{Escape(args[0])}", body, [("Content-Type", "application/json")]);
        session.Out.WriteLine(args[0]);
        return 0;
    }

    private string? Password(Session session, string user)
    {
        if (_stdin)
            return LoginCommand.ReadAll(session.Input) is { Length: > 0 } given
                ? given : throw new CliException("orch: the password on stdin is empty");
        return user == "anonymous" || !session.InputIsTerminal ? null
            : Prompt.AskHidden(session, "Password: ") is { Length: > 0 } typed ? typed : null;
    }
}
