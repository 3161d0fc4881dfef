using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>What a route works on. This decides who may call it.</summary>
internal record Owned(string Name)
{
    /// <summary>The user in the body: the endpoint calls <see cref="Caller.CheckUser"/> after it has read the body.</summary>
    public static readonly Owned UserInBody = new("user in the body");

    /// <summary>The user in the path.</summary>
    public static readonly Owned User = new("user");

    /// <summary>The whole installation, which operators manage.</summary>
    public static readonly Owned Installation = new("installation");
}

/// <summary>A resource that belongs to one user and whose id is in the path. Declared in the resource's room.</summary>
/// <param name="RouteValue">Name of the path parameter that holds the id.</param>
/// <param name="OwnerQuery">SQL that takes ids in <c>$1</c> (text[]) and returns rows of an id, as text, and its owner's user id.</param>
/// <param name="NotFound">The answer when there is no such resource.</param>
internal sealed record OwnedResource(string Name, string RouteValue, string OwnerQuery, Problem NotFound) : Owned(Name)
{
    /// <summary>Whether the id is a number; any other text in the path is an unknown id.</summary>
    public bool HasNumericId { get; init; }

    /// <summary>Whether the id is a secret: callers other than the owner then get <see cref="NotFound"/>.</summary>
    public bool IsSecret { get; init; }
}
