using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>What a route works on, which decides who may call it.</summary>
internal record Owned(string Name)
{
    /// <summary>A user whom the body names: the endpoint calls <see cref="Caller.CheckUser"/> once it has read the body.</summary>
    public static readonly Owned UserInBody = new("user in the body");

    /// <summary>The user in the path.</summary>
    public static readonly Owned User = new("user");

    /// <summary>The whole installation, which operators look after.</summary>
    public static readonly Owned Installation = new("installation");
}

/// <summary>A resource that belongs to one user and whose id is in the path. The room that has the resource declares it.</summary>
/// <param name="RouteValue">Name of the path parameter that holds the id.</param>
/// <param name="OwnerQuery">SQL from the ids in <c>$1</c> (text[]) to rows of an id, as text, and its user's id.</param>
/// <param name="NotFound">The answer when there is no such resource.</param>
internal sealed record OwnedResource(string Name, string RouteValue, string OwnerQuery, Problem NotFound) : Owned(Name)
{
    /// <summary>Whether the id is a number; a path that holds anything else names no resource.</summary>
    public bool HasNumericId { get; init; }

    /// <summary>Whether the id is a secret: to anybody but the owner the resource then does not exist.</summary>
    public bool IsSecret { get; init; }
}
