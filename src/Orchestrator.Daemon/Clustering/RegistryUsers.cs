using Orchestrator.Api;
using Orchestrator.EngineApi;
using Orchestrator.Model;
using Orchestrator.Registry.Access;

namespace Orchestrator.Daemon.Clustering;

/// <summary>The registry's users, as the API speaks of them.</summary>
internal sealed class RegistryUsers(RegistryAccounts accounts) : IRegistryAccounts
{
    private const RegistryRights Both = RegistryRights.Pull | RegistryRights.Push;

    public IReadOnlyList<RegistryAccount> List() =>
    [
        .. accounts.Users.Select(user => new RegistryAccount
        {
            Name = user.Name,
            Pull = [.. user.Grants.Where(g => g.Rights == RegistryRights.Pull).Select(g => g.Pattern)],
            Push = [.. user.Grants.Where(g => g.Rights == Both).Select(g => g.Pattern)],
        }),
    ];

    public void Save(RegistryAccount account)
    {
        if (account.Name.Length == 0 || account.Name.Any(c => c == ':' || char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            throw new UserException(ErrorCode.InvalidArgument, $"\"{account.Name}\" is no name of a user",
                "Write a word without spaces and colons.");
        }

        if (account.Name == RegistryUser.Anonymous && account.Password is not null)
        {
            throw new UserException(ErrorCode.InvalidArgument, "anonymous is who does not log in, and has no password",
                "Leave the password out.");
        }

        accounts.Save(account.Name, account.Password,
        [
            .. account.Pull.Select(pattern => new RegistryGrant(pattern, RegistryRights.Pull)),
            .. account.Push.Select(pattern => new RegistryGrant(pattern, Both)),
        ]);
    }

    public bool Remove(string name) => accounts.Remove(name);
}
