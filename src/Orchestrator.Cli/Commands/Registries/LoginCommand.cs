using System.Text;
using Orchestrator.Api;
using Orchestrator.Cli.Config;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Registries;

/// <summary><c>login</c>: has the daemon try a user and password at a registry, and keeps what was accepted.</summary>
internal sealed class LoginCommand : Command
{
    private readonly ValueFlag<string> _user;
    private readonly ValueFlag<string> _password;
    private readonly BoolFlag _stdin;

    public LoginCommand()
    {
        _password = Flags.String("password", 'p', "Password or access token; visible to all who list processes");
        _stdin = Flags.Bool("password-stdin", null, "Read the password or access token from stdin");
        _user = Flags.String("username", 'u', "User's name there");
    }

    public override string Usage => "[OPTIONS] [SERVER]";

    public override Arity Arity => Arity.AtMost(1);

    public override string[] Examples =>
    [
        "orch login registry.example.com                                   # asks for user and password",
        "orch login -u ci --password-stdin registry.example.com < token    # in a script",
    ];

    public override int Run(Session session, List<string> args)
    {
        CheckFlags(session);
        var server = Logins.Key(args.Count > 0 ? args[0] : Logins.DockerHub);
        var logins = new Logins(session.Folder);
        var kept = logins.Find(server);
        if (!_user.IsSet && !_password.IsSet && kept is not null && TryKept(session, kept)) return 0;

        var login = Ask(session, server, kept?.Username);
        var answer = session.Client.Post("/auth", login, ApiJson.Wire.AuthConfig, ApiJson.Wire.AuthResponse);
        if (answer.IdentityToken is { Length: > 0 } token)
            (login.IdentityToken, login.Password) = (token, null);
        if (logins.Store(login)) Warn(session);
        session.Out.WriteLine(answer.Status);
        return 0;
    }

    private void CheckFlags(Session session)
    {
        if (_password.IsSet && _stdin)
            throw new CliException("conflicting options: cannot specify both --password and --password-stdin");
        if (_stdin && _user.Value.Length == 0)
            throw new CliException("the --password-stdin option requires --username to be set");
        if (_password.IsSet)
            session.Error.WriteLine(
                "WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
    }

    private static bool TryKept(Session session, AuthConfig kept)
    {
        session.Out.WriteLine(
            $"Authenticating with existing credentials... [Username: {kept.Username}]\n");
        session.Out.Flush();
        try
        {
            session.Out.WriteLine(session.Client.Post(
                "/auth", kept, ApiJson.Wire.AuthConfig, ApiJson.Wire.AuthResponse).Status);
            return true;
        }
        catch (Http.DaemonException e) when (session.InputIsTerminal)
        {
            session.Out.WriteLine($"Login did not succeed, error: {e.Message}");
            return false;
        }
    }

    private AuthConfig Ask(Session session, string server, string? lastUser)
    {
        var user = _user.Value;
        if (user.Length == 0)
        {
            RequireTerminal(session);
            var hint = string.IsNullOrEmpty(lastUser) ? "" : $" ({lastUser})";
            user = Prompt.Ask(session, $"Username{hint}: ").Trim();
            if (user.Length == 0) user = lastUser ?? "";
            if (user.Length == 0) throw new CliException("Error: Non-null Username Required");
        }
        var password = _stdin ? ReadAll(session.Input) : _password.Value;
        if (password.Length == 0 && !_stdin)
        {
            RequireTerminal(session);
            password = Prompt.AskHidden(session, "Password: ");
        }
        return password.Length > 0
            ? new AuthConfig { Username = user, Password = password, ServerAddress = server }
            : throw new CliException("Error: Password Required");
    }

    private static void RequireTerminal(Session session)
    {
        if (!session.InputIsTerminal)
            throw new CliException(
                "Error: Cannot perform an interactive login from a non TTY device: use --username and --password-stdin");
    }

    /// <summary>One line end belongs to the file, not to the password.</summary>
    public static string ReadAll(Stream input)
    {
        using var reader = new StreamReader(input, Encoding.UTF8, leaveOpen: true);
        var text = reader.ReadToEnd();
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
    }

    private static void Warn(Session session) => session.Error.WriteLine(
        $"\nWARNING! Your credentials are stored unencrypted in '{session.Folder.File.Path}'.\n"
        + "Name a credential helper there to keep them elsewhere: \"credsStore\": \"pass\" for docker-credential-pass.\n");
}
