"""Science on arrays and given paths: no Django, no network, nothing imported from the floors above."""
